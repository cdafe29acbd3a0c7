//! The embedded engine of dynamorm: DynamoDB in the process, in one durable file or in memory.
//!
//! [`Embedded`] is a [`Transport`](dynamorm_core::transport::Transport). One process has a database file open at a
//! time; the lock file beside it (`<file>.lock`) names that process. It can serve the file to other processes of the
//! machine ([`Embedded::serve_endpoint`]), which reach it by [`open_or_connect()`] or with any client of DynamoDB.
//!
//! ```
//! use dynamorm_core::transport::{Operation, Repeat, Request, Transport as _};
//! use dynamorm_embedded::Embedded;
//!
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # runtime.block_on(async {
//! let engine = Embedded::memory()?;
//! let answer = engine
//!     .send(Request {
//!         operation: Operation::ListTables,
//!         table: "".into(),
//!         index: None,
//!         body: "{}".into(),
//!         repeat: Repeat::Safe,
//!     })
//!     .await?;
//! assert_eq!(answer.body, r#"{"TableNames":[]}"#);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod canonical_path;
mod common_get;
mod database_file;
mod descriptions;
mod dispatch;
mod embedded;
mod endpoint;
mod engine_thread;
mod error;
mod holder;
mod lock_file;
mod loopback;
mod open_or_connect;
mod page_limits;
mod refusal;
mod signature;
mod statement_page;
mod sweeper;

pub use embedded::{Embedded, EmbeddedOptions};
pub use endpoint::{Access, Endpoint, EndpointOptions};
pub use error::{Error, ErrorKind};
pub use holder::Holder;
pub use loopback::Loopback;
pub use open_or_connect::open_or_connect;
pub use page_limits::PAGE_LIMIT;
