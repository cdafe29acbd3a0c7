//! `CreateTable`: makes a table as its model defines it, on demand (`PAY_PER_REQUEST`).

use serde_json::json;

use super::schema;
use crate::model::{KeySchema, TableDefinition};

/// The request that makes the table `name` as `table` defines it.
pub fn request(name: &str, table: &TableDefinition) -> Vec<u8> {
    let keys = std::iter::once(&table.primary_key).chain(table.indexes.iter().map(|index| &index.key));
    let mut request = json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": schema::attribute_definitions(keys.flat_map(KeySchema::attributes)),
        "KeySchema": schema::key_schema(&table.primary_key),
    });
    // DynamoDB refuses an empty list.
    if !table.indexes.is_empty() {
        request["GlobalSecondaryIndexes"] = table.indexes.iter().map(schema::index).collect();
    }
    if let Some(view) = table.stream {
        request["StreamSpecification"] = schema::stream(view);
    }
    request.to_string().into_bytes()
}
