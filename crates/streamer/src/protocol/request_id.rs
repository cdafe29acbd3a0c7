//! The id that a message and its answers share.

use std::fmt;

use serde::Serialize;
use uuid::Uuid;

use super::limits::REQUEST_ID_CHARACTERS;

/// A request's id: opaque text of 1 to [`REQUEST_ID_CHARACTERS`] characters, any of them.
///
/// What stands in an answer is always a valid id; a refused one is not echoed.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct RequestId(String);

/// Why a text is no request id.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidRequestId {
    /// It has no character.
    #[error("`id` is empty; leave it out to have one made")]
    Empty,
    /// It has too many characters.
    #[error("`id` has {0} characters; the limit is {REQUEST_ID_CHARACTERS}")]
    TooLong(usize),
}

impl RequestId {
    /// Takes an id that a client chose.
    ///
    /// # Errors
    /// When it is empty or has more than [`REQUEST_ID_CHARACTERS`] characters.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidRequestId> {
        let text = text.into();
        match text.chars().count() {
            0 => Err(InvalidRequestId::Empty),
            1..=REQUEST_ID_CHARACTERS => Ok(Self(text)),
            characters => Err(InvalidRequestId::TooLong(characters)),
        }
    }

    /// Makes an id: a UUID of version 7, so that ids sort by the time they were made.
    pub fn generate() -> Self {
        Self(Uuid::now_v7().to_string())
    }

    /// Returns the id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
