//! What carries a request out: a [`Handler`] for each action.
//!
//! ```
//! use serde::{Deserialize, Serialize};
//! use streamer::handler::{Context, Handler, HandlerError};
//!
//! /// Adds numbers up.
//! struct Add;
//!
//! #[derive(Deserialize)]
//! struct Numbers {
//!     numbers: Vec<i64>,
//! }
//!
//! #[derive(Serialize)]
//! struct Sum {
//!     sum: i64,
//! }
//!
//! impl Handler for Add {
//!     type Payload = Numbers;
//!     type Output = Sum;
//!
//!     fn action(&self) -> &str {
//!         "add"
//!     }
//!
//!     async fn handle(&self, payload: Numbers, context: &Context) -> Result<Sum, HandlerError> {
//!         context.progress(50);
//!         let sum = payload.numbers.iter().try_fold(0_i64, |sum, number| sum.checked_add(*number));
//!         sum.map(|sum| Sum { sum }).ok_or_else(|| HandlerError::fail("the sum is out of range"))
//!     }
//! }
//! ```

mod checkpoint;
mod context;
mod contract;
mod erased;
mod failure;
mod handlers;

#[cfg(test)]
pub(crate) use checkpoint::Checkpoint;
pub use context::Context;
pub(crate) use context::{Cancellation, Reported};
pub use contract::{DEFAULT_IMMEDIATE_TIME_LIMIT, DEFAULT_TIME_LIMIT, Handler, Mode};
pub(crate) use erased::ErasedHandler;
pub use failure::HandlerError;
pub use handlers::Handlers;
