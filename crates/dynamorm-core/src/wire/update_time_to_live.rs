//! `UpdateTimeToLive`: says which attribute holds the instant of expiry.

use serde_json::json;

/// The request that makes `attribute` the TTL attribute of the table `name`.
pub fn request(name: &str, attribute: &str) -> Vec<u8> {
    json!({
        "TableName": name,
        "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
    })
    .to_string()
    .into_bytes()
}
