//! The one error type of this crate.

use std::{error::Error as StdError, fmt, sync::Arc};

use crate::{code::Code, failure::Failure};

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong: a kind to branch on, a message for people, and the cause. Cheap to clone.
///
/// No payload, result or token stands in a message.
#[derive(Clone, Debug)]
pub struct Error(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    failure: Option<Failure>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of [`Error`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What the caller gave is not usable: an address, an id, a payload that is no object.
    Invalid,
    /// The server cannot be reached, or the connection was lost and could not be made again.
    Connection,
    /// There is no token that the server takes.
    Unauthorized,
    /// The server refused the message.
    Refused {
        /// Why.
        code: Code,
    },
    /// The request ended without result.
    Failed {
        /// Why.
        code: Code,
    },
    /// The request was cancelled.
    Cancelled,
    /// No answer came in time. What was asked for may have happened.
    Timeout,
    /// The message is larger than the protocol allows.
    TooLarge {
        /// Its bytes.
        size: usize,
        /// The most bytes.
        limit: usize,
    },
    /// The server broke the protocol. The connection is closed, and not made again.
    Protocol,
    /// The answer is not of the type that was asked for.
    Decode,
    /// The client was closed.
    Closed,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner { kind, message: message.into(), failure: None, source: None }))
    }

    pub(crate) fn caused_by(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        let message = message.into();
        Self(Arc::new(Inner { kind, message, failure: None, source: Some(source.into()) }))
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    pub(crate) fn protocol(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Protocol, message)
    }

    pub(crate) fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the client is closed")
    }

    /// The server refused a message.
    pub(crate) fn refused(what: &str, failure: Failure) -> Self {
        let kind = match failure.code {
            Code::Unauthorized => ErrorKind::Unauthorized,
            _ => ErrorKind::Refused { code: failure.code.clone() },
        };
        let message = format!("{what} is refused: {}: {}", failure.code, failure.message);
        Self(Arc::new(Inner { kind, message, failure: Some(failure), source: None }))
    }

    /// A request ended without result.
    pub(crate) fn failed(request_id: &str, failure: Failure) -> Self {
        let (kind, message) = match failure.code {
            Code::Cancelled => (ErrorKind::Cancelled, format!("request `{request_id}` was cancelled")),
            _ => (
                ErrorKind::Failed { code: failure.code.clone() },
                format!("request `{request_id}` failed: {}: {}", failure.code, failure.message),
            ),
        };
        Self(Arc::new(Inner { kind, message, failure: Some(failure), source: None }))
    }

    /// Returns the kind to branch on.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Returns what the server said, where it said something.
    pub fn failure(&self) -> Option<&Failure> {
        self.0.failure.as_ref()
    }

    /// Returns whether the same call may succeed later without a change.
    ///
    /// After [`ErrorKind::Connection`] that is with a new client, and a request that was submitted is submitted again
    /// with its id: [`Client::submit_as`](crate::Client::submit_as).
    pub fn is_retryable(&self) -> bool {
        match &self.0.kind {
            ErrorKind::Connection | ErrorKind::Timeout => true,
            ErrorKind::Refused { code } => {
                matches!(code, Code::RateLimited | Code::InternalError | Code::Timeout)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
