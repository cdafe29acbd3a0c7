//! `DescribeTimeToLive`: says which attribute holds the instant of expiry, if any.

use serde::Deserialize;
use serde_json::json;

use crate::codec::DecodeError;

/// The request for the TTL settings of the table `name`.
pub fn request(name: &str) -> Vec<u8> {
    json!({ "TableName": name }).to_string().into_bytes()
}

/// A table's TTL settings.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct TimeToLiveDescription {
    /// `ENABLED`, `ENABLING`, `DISABLED` or `DISABLING`.
    pub time_to_live_status: String,
    /// The attribute, while there is one.
    #[serde(default)]
    pub attribute_name: Option<String>,
}

impl TimeToLiveDescription {
    /// The attribute by which items expire, or soon will.
    pub fn attribute(&self) -> Option<&str> {
        let is_on = matches!(self.time_to_live_status.as_str(), "ENABLED" | "ENABLING");
        self.attribute_name.as_deref().filter(|_| is_on)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    time_to_live_description: TimeToLiveDescription,
}

/// The settings.
///
/// # Errors
/// When the response is not DynamoDB's.
pub fn response(body: &[u8]) -> Result<TimeToLiveDescription, DecodeError> {
    serde_json::from_slice::<Response>(body)
        .map(|response| response.time_to_live_description)
        .map_err(|error| DecodeError::new(format!("not the TTL settings of a table: {error}")))
}
