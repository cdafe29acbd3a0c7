//! The engine-blind core of dynamorm.
//!
//! Applications use the `dynamorm` crate; this one is for engines and for the code that the derives write.
//!
//! | module | what stands there |
//! |---|---|
//! | [`transport`] | the seam: an operation's name and the bytes of its JSON in, bytes or a typed error out |
//! | [`codec`] | attribute values straight to and from DynamoDB's JSON |
//! | [`key`] | key templates, their escaping, and text whose order is the values' order |
//! | [`model`] | what a derived model says of itself: table, keys, indexes, roles |
//! | [`expression`] | typed paths, conditions, filters and values, rendered with placeholders |
//! | [`stream_record`] | the changes of items, as DynamoDB Streams and AWS Lambda tell of them |
//! | [`wire`] | one file an operation: its request's JSON and its response's |
//! | [`limits`] | DynamoDB's limits, each with its source |

pub mod clock;
pub mod codec;
pub mod error;
pub mod expression;
pub mod key;
pub mod limits;
pub mod model;
pub mod random;
pub mod stream_record;
pub mod transport;
pub mod wire;

pub use clock::{Clock, SystemClock};
pub use codec::{Attribute, Timestamp};
pub use error::{Error, ErrorKind, FailedAction};
pub use random::{Random, SystemRandom};
