//! The seam between the mapper and an engine.
//!
//! Above it nothing names an engine; below it nothing knows a model. An engine carries the JSON of
//! [DynamoDB's low-level API](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html)
//! and nothing else.

mod capabilities;
mod error;
mod operation;

use std::{fmt::Debug, future::Future, pin::Pin, sync::Arc};

use bytes::Bytes;

pub use capabilities::{Capabilities, Capability};
pub use error::{TransportError, TransportErrorKind};
pub use operation::{Operation, UnknownOperation};

/// A boxed future that may cross threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whether a request may be sent again when its outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// A second run leaves what the first one left, or is refused by its own condition.
    Safe,
    /// A second run would change the item again (`ADD`, `list_append`): once any byte of the request may have reached
    /// the engine, it is not sent again. An answer that proves it was not run (a throttle) may be retried.
    Unsafe,
}

/// One call of an engine: an operation's name and the bytes of its JSON.
#[derive(Clone, Debug)]
pub struct Request {
    /// The operation.
    pub operation: Operation,
    /// The table it concerns, for spans and errors; empty where it concerns none or several.
    pub table: Arc<str>,
    /// The index it reads, for spans.
    pub index: Option<&'static str>,
    /// The request's JSON, as DynamoDB's HTTP protocol carries it. Never logged.
    pub body: Bytes,
    /// Whether it may be sent again.
    pub repeat: Repeat,
}

/// An engine's answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The response's JSON, as DynamoDB's HTTP protocol carries it.
    pub body: Bytes,
    /// How many times the request was sent: 1 unless the engine retried.
    pub attempts: u32,
}

/// An engine, or a layer over one.
///
/// Retries of failed calls belong to the engine (below this seam). Dropping the future may leave the call running:
/// its outcome is then unknown, as it is after a lost connection.
pub trait Transport: Debug + Send + Sync + 'static {
    /// Carries one request to the engine and its answer back.
    ///
    /// # Errors
    /// What the engine answered other than success, or why no answer came, with the number of attempts.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>>;

    /// What the engine lacks of DynamoDB.
    fn capabilities(&self) -> Capabilities;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        (**self).send(request)
    }

    fn capabilities(&self) -> Capabilities {
        (**self).capabilities()
    }
}
