//! Error codes, and what an error says besides its code.

use serde::{Serialize, Serializer};

use super::data::Data;

/// What an error is, for programs to branch on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Code {
    /// The message is not what the protocol or the action asks for.
    ValidationError,
    /// There is no such request.
    NotFound,
    /// The id is taken by another request. Speaks of the message, and ends no request.
    AlreadyExists,
    /// No valid token.
    Unauthorized,
    /// A valid token that does not allow it.
    Forbidden,
    /// There is no such action.
    InvalidAction,
    /// Too much at once: messages on a connection, or connections on a server.
    RateLimited,
    /// The message is larger than a message may be.
    TooLarge,
    /// It took too long.
    Timeout,
    /// The request's work failed.
    ProcessingFailed,
    /// The request was cancelled.
    Cancelled,
    /// The server failed.
    InternalError,
}

impl Code {
    /// Every code, in the order of their declaration.
    pub const ALL: [Self; 12] = [
        Self::ValidationError,
        Self::NotFound,
        Self::AlreadyExists,
        Self::Unauthorized,
        Self::Forbidden,
        Self::InvalidAction,
        Self::RateLimited,
        Self::TooLarge,
        Self::Timeout,
        Self::ProcessingFailed,
        Self::Cancelled,
        Self::InternalError,
    ];

    /// Returns the code's name in messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ValidationError => "VALIDATION_ERROR",
            Self::NotFound => "NOT_FOUND",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Forbidden => "FORBIDDEN",
            Self::InvalidAction => "INVALID_ACTION",
            Self::RateLimited => "RATE_LIMITED",
            Self::TooLarge => "TOO_LARGE",
            Self::Timeout => "TIMEOUT",
            Self::ProcessingFailed => "PROCESSING_FAILED",
            Self::Cancelled => "CANCELLED",
            Self::InternalError => "INTERNAL_ERROR",
        }
    }

    /// Finds the code of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The `error` of an error message: a code to branch on, a text for people, details for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    /// What to branch on.
    pub code: Code,
    /// What people read. It may change; programs use the code.
    pub message: String,
    /// Facts that belong to the code, such as the limit that was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Data>,
}

impl Failure {
    /// Makes a failure without details.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: None }
    }

    /// Makes a [`Code::ValidationError`] of one member of the message, named in the details as `field`.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::new(Code::ValidationError, message).with_details(serde_json::json!({ "field": field }))
    }

    /// Adds details.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<Data>) -> Self {
        self.details = Some(details.into());
        self
    }
}
