//! `DeleteTable`: removes a table and everything in it.

use serde_json::json;

/// The request that removes the table `name`.
pub fn request(name: &str) -> Vec<u8> {
    json!({ "TableName": name }).to_string().into_bytes()
}
