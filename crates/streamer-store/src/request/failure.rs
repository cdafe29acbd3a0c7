use dynamorm::Attribute;
use serde::{Deserialize, Serialize};

use super::json::Json;

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Attribute)]
#[serde(rename_all = "camelCase")]
pub struct RequestFailure {
    /// What kind of failure, for programs: `PROCESSING_FAILED`.
    pub code: String,
    /// What happened, for people.
    pub message: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Json>,
}

impl RequestFailure {
    /// A failure without details.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), details: None }
    }
}
