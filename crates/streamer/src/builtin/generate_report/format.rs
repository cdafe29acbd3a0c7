//! What a file holds, by its name.

use std::path::Path;

/// What a file holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    /// A header, then rows of as many fields, quoted by RFC 4180.
    Csv,
    /// A JSON object a line.
    JsonLines,
}

impl Format {
    /// The format that the extension of a file's name says: `csv`, `jsonl` or `ndjson`, in upper or lower case.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}
