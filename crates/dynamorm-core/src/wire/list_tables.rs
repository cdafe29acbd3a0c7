//! `ListTables`: names the tables, 100 a page.

use serde::Deserialize;
use serde_json::json;

use crate::codec::DecodeError;

/// The request for the page after the table `start`.
pub fn request(start: Option<&str>) -> Vec<u8> {
    let mut request = json!({ "Limit": 100 });
    if let Some(start) = start {
        request["ExclusiveStartTableName"] = start.into();
    }
    request.to_string().into_bytes()
}

/// A page of names.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct TableNames {
    /// The names, in order.
    pub table_names: Vec<String>,
    /// The last name of a page that is not the last.
    #[serde(default)]
    pub last_evaluated_table_name: Option<String>,
}

/// The names.
///
/// # Errors
/// When the response is not DynamoDB's.
pub fn response(body: &[u8]) -> Result<TableNames, DecodeError> {
    serde_json::from_slice(body).map_err(|error| DecodeError::new(format!("not a list of tables: {error}")))
}
