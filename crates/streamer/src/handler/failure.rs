//! How a handler fails.

use std::{fmt, time::Duration};

use serde::Serialize;
use streamer_store::{Json, RequestFailure};

use crate::protocol::{Code, Data, Failure};

/// Why a request could not be carried out, and whether another try may.
///
/// Its message and details are stored with the request and shown to the client.
#[derive(Clone, Debug, PartialEq)]
pub struct HandlerError {
    code: Code,
    message: String,
    details: Option<Json>,
    is_retryable: bool,
    after: Option<Duration>,
}

impl HandlerError {
    /// A failure that another try may not meet: something outside was not there, or slow.
    pub fn retry(message: impl fmt::Display) -> Self {
        Self::new(Code::ProcessingFailed, message, true)
    }

    /// A failure that every try would meet: the request ends.
    pub fn fail(message: impl fmt::Display) -> Self {
        Self::new(Code::ProcessingFailed, message, false)
    }

    pub(crate) fn new(code: Code, message: impl fmt::Display, is_retryable: bool) -> Self {
        Self { code, message: message.to_string(), details: None, is_retryable, after: None }
    }

    /// Says another code than `PROCESSING_FAILED`.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.code = code;
        self
    }

    /// Adds facts for programs: what is serialized to a JSON object. Anything else is left out.
    #[must_use]
    pub fn with_details(mut self, details: &impl Serialize) -> Self {
        self.details = Json::of(details).ok();
        self
    }

    /// Says how long to wait before the next try.
    #[must_use]
    pub fn after(mut self, pause: Duration) -> Self {
        self.after = Some(pause);
        self
    }

    /// Whether another try may do.
    pub fn is_retryable(&self) -> bool {
        self.is_retryable
    }

    /// The code that the client is told.
    pub fn code(&self) -> Code {
        self.code
    }

    pub(crate) fn pause(&self) -> Option<Duration> {
        self.after
    }

    /// As it is stored.
    pub(crate) fn into_stored(self) -> RequestFailure {
        let mut failure = RequestFailure::new(self.code.as_str(), self.message);
        failure.details = self.details;
        failure
    }

    /// As a client is told at once.
    pub(crate) fn into_told(self) -> Failure {
        Failure { code: self.code, message: self.message, details: self.details.map(Data::from) }
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for HandlerError {}
