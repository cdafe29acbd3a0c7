//! The embedded engine of dynamorm: DynamoDB in the process, in one durable file or in memory.
//!
//! [`Embedded`] is a [`Transport`](dynamorm_core::transport::Transport). One process holds a database file at a time;
//! the lock file beside it (`<file>.lock`) names that process.

mod database_file;
mod descriptions;
mod dispatch;
mod embedded;
mod endpoint;
mod engine_thread;
mod error;
mod lock_file;
mod loopback;
mod open_or_connect;
mod refusal;
mod signature;
mod sweeper;

pub use dispatch::{OWN_TOKEN_PREFIX, PAGE_LIMIT};
pub use embedded::{Embedded, EmbeddedOptions};
pub use endpoint::{Access, Endpoint, EndpointOptions};
pub use error::{Error, ErrorKind};
pub use lock_file::Holder;
pub use loopback::Loopback;
pub use open_or_connect::open_or_connect;
