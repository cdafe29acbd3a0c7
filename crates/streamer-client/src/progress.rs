//! How far a request is.

use serde::Deserialize;
use serde_json::Value;

/// How far a request is. Values may be skipped; the percentage never falls.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Progress {
    /// 0 to 100.
    pub percentage: u8,
    /// A text for people.
    #[serde(default)]
    pub message: Option<String>,
    /// Facts for programs: an object.
    #[serde(default)]
    pub details: Option<Value>,
    /// When, in seconds since the epoch.
    pub timestamp: u64,
}

impl Progress {
    /// Whether a user who saw `earlier` has something new to see, and nothing that would fall.
    pub(crate) fn is_news_after(&self, earlier: &Self) -> bool {
        self.percentage > earlier.percentage
            || self.percentage == earlier.percentage
                && (self.message != earlier.message || self.details != earlier.details)
    }
}
