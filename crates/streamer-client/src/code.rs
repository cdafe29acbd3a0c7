//! What an error of the server says, for programs to branch on.

use std::fmt;

use serde::Deserialize;

/// An error code of the protocol.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq)]
#[serde(from = "String")]
#[non_exhaustive]
pub enum Code {
    /// The message is not what the protocol or the action asks for.
    ValidationError,
    /// There is no such request, or not any more.
    NotFound,
    /// The id is taken by another request.
    AlreadyExists,
    /// The token is missing, or does not hold.
    Unauthorized,
    /// The token does not allow it.
    Forbidden,
    /// There is no such action.
    InvalidAction,
    /// Too much at once.
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
    /// A code that this version of the client does not know.
    Other(Box<str>),
}

impl Code {
    /// The codes of the protocol, version 1.
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

    /// Returns the code as the protocol writes it.
    pub fn as_str(&self) -> &str {
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
            Self::Other(code) => code,
        }
    }

    /// Whether the code speaks of a message in any case, and never of the request that has the message's id.
    pub(crate) fn ends_no_request(&self) -> bool {
        matches!(self, Self::AlreadyExists | Self::RateLimited)
    }

    /// Whether the code refuses a message that repeats the id of a request that is waited for already.
    pub(crate) fn refuses_a_message(&self) -> bool {
        self.ends_no_request()
            || matches!(
                self,
                Self::ValidationError
                    | Self::InvalidAction
                    | Self::TooLarge
                    | Self::Unauthorized
                    | Self::Forbidden
            )
    }
}

impl From<String> for Code {
    fn from(text: String) -> Self {
        let known = Self::ALL.into_iter().find(|code| code.as_str() == text);
        known.unwrap_or_else(|| Self::Other(text.into()))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
