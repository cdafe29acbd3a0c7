//! Attribute values straight to and from [DynamoDB's JSON].
//!
//! No tree of attribute values is built on the way in or out: a type writes its own bytes and reads them back.
//!
//! ```
//! use dynamorm_core::codec;
//!
//! let json = codec::encode_value(&vec![Some(1), None])?;
//! assert_eq!(json, br#"{"L":[{"N":"1"},{"NULL":true}]}"#);
//!
//! let error = codec::decode_value::<Vec<String>>(&json).unwrap_err();
//! assert_eq!(error.to_string(), "attribute `[0]`: expected S (string), found N (number)");
//! # Ok::<(), codec::EncodeError>(())
//! ```
//!
//! [DynamoDB's JSON]: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html#Programming.LowLevelAPI.DataTypeDescriptors

mod attribute;
mod binary;
mod decimal;
mod duration;
mod epoch_seconds;
mod error;
mod json_value;
mod lists;
mod maps;
mod numbers;
mod optional;
mod plain;
mod reader;
mod scan;
mod sets;
mod text;
mod timestamp;
#[cfg(feature = "uuid")]
mod uuid;
mod writer;

pub use attribute::{Attribute, decode_value, encode_value, required};
pub use decimal::{Decimal, DecimalError};
pub use epoch_seconds::EpochSeconds;
pub use error::{AttributePath, DecodeError, EncodeError};
pub use reader::{Reader, Tag};
pub use sets::SetElement;
pub(crate) use sets::encode_set;
pub use timestamp::{Timestamp, TimestampError};
pub use writer::Writer;
