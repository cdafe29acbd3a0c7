//! What of a file could not be read.

use serde::{Deserialize, Serialize};

use super::limits::MAX_NAMED_ROWS;

/// The rows that could not be read: how many, and the first of them.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct Unreadable {
    rows: u64,
    first: Vec<UnreadableRow>,
}

/// Why a row could not be read. The reason holds nothing of the row.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct UnreadableRow {
    /// The line that it begins in, counted from 1.
    line: u64,
    reason: String,
}

impl Unreadable {
    pub(super) fn add(&mut self, line: u64, reason: String) {
        self.rows += 1;
        if self.first.len() < MAX_NAMED_ROWS {
            self.first.push(UnreadableRow { line, reason });
        }
    }
}
