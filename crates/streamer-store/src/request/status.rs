use std::fmt;

use dynamorm::Attribute;
use serde::{Deserialize, Serialize};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Attribute)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[dynamorm(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RequestStatus {
    /// It waits for a worker.
    Pending,
    /// A worker holds it, as long as its lease lasts.
    Processing,
    /// It ended with a result.
    Completed,
    /// It ended with an error.
    Failed,
    /// It was ended by a caller.
    Cancelled,
    /// It failed, and waits for another try.
    Retrying,
}

impl RequestStatus {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Processing, Self::Completed, Self::Failed, Self::Cancelled, Self::Retrying];

    pub(super) const OPEN: [Self; 3] = [Self::Pending, Self::Retrying, Self::Processing];
    pub(super) const ENDED: [Self; 3] = [Self::Completed, Self::Failed, Self::Cancelled];

    /// Whether it can still become something else by a worker's doing.
    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }

    /// The name that is stored: `PENDING`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Processing => "PROCESSING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::Retrying => "RETRYING",
        }
    }

    /// The status of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl fmt::Display for RequestStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::RequestStatus;

    #[test]
    fn is_found_by_its_name() {
        for status in RequestStatus::ALL {
            assert_eq!(RequestStatus::named(status.name()), Some(status));
            assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{status}\""));
        }
        assert_eq!(RequestStatus::named("pending"), None);
    }

    #[test]
    fn is_open_or_ended() {
        for status in RequestStatus::ALL {
            assert_eq!(status.is_open(), !RequestStatus::ENDED.contains(&status));
        }
    }
}
