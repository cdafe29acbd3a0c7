//! `DescribeTable`: says how a table is made and whether it can be used.

use serde::Deserialize;
use serde_json::json;

use crate::codec::DecodeError;

/// The request for the description of the table `name`.
pub fn request(name: &str) -> Vec<u8> {
    json!({ "TableName": name }).to_string().into_bytes()
}

/// A table as the engine describes it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct TableDescription {
    /// `ACTIVE` when it can be used.
    pub table_status: String,
    /// The primary key.
    pub key_schema: Vec<KeyElement>,
    /// The types of all key attributes.
    pub attribute_definitions: Vec<AttributeDefinition>,
    /// The global secondary indexes.
    #[serde(default)]
    pub global_secondary_indexes: Vec<IndexDescription>,
}

/// An attribute of a key.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct KeyElement {
    /// The attribute's name.
    pub attribute_name: String,
    /// `HASH` for the partition key, `RANGE` for the sort key.
    pub key_type: String,
}

/// The type of a key attribute.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeDefinition {
    /// The attribute's name.
    pub attribute_name: String,
    /// `S`, `N` or `B`.
    pub attribute_type: String,
}

/// A global secondary index.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct IndexDescription {
    /// The index's name.
    pub index_name: String,
    /// Its key.
    pub key_schema: Vec<KeyElement>,
    /// `ACTIVE` when it can be read; absent where the engine does not say.
    #[serde(default)]
    pub index_status: Option<String>,
}

impl TableDescription {
    /// Whether the table and all of its indexes can be used.
    pub fn is_active(&self) -> bool {
        let is_active = |status: &str| status == "ACTIVE";
        is_active(&self.table_status)
            && self
                .global_secondary_indexes
                .iter()
                .all(|index| index.index_status.as_deref().is_none_or(is_active))
    }

    /// The type of a key attribute: `S`, `N` or `B`.
    pub fn attribute_type(&self, attribute: &str) -> Option<&str> {
        let found =
            self.attribute_definitions.iter().find(|definition| definition.attribute_name == attribute);
        found.map(|definition| definition.attribute_type.as_str())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    table: TableDescription,
}

/// The description.
///
/// # Errors
/// When the response is not DynamoDB's.
pub fn response(body: &[u8]) -> Result<TableDescription, DecodeError> {
    serde_json::from_slice::<Response>(body)
        .map(|response| response.table)
        .map_err(|error| DecodeError::new(format!("not the description of a table: {error}")))
}
