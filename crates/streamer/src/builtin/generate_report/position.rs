//! Where in a file the next row begins.

use serde::{Deserialize, Serialize};

/// Where in a file the next row begins.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Position {
    /// In bytes from the start.
    pub(super) offset: u64,
    /// Its line, counted from 1.
    pub(super) line: u64,
}

impl Position {
    /// The first line, at this byte.
    pub(super) fn first(offset: u64) -> Self {
        Self { offset, line: 1 }
    }
}
