//! `CreateTable`: makes a table as its model defines it, on demand (`PAY_PER_REQUEST`).

use serde_json::{Value, json};

use crate::model::{KeyAttribute, KeySchema, Projection, TableDefinition};

/// The request that makes the table `name` as `table` defines it.
pub fn request(name: &str, table: &TableDefinition) -> Vec<u8> {
    let mut attributes: Vec<KeyAttribute> = Vec::new();
    let all_keys = std::iter::once(&table.primary_key).chain(table.indexes.iter().map(|index| &index.key));
    for attribute in all_keys.flat_map(KeySchema::attributes) {
        if !attributes.contains(&attribute) {
            attributes.push(attribute);
        }
    }
    let mut request = json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes
            .iter()
            .map(|attribute| json!({ "AttributeName": attribute.name, "AttributeType": attribute.kind.name() }))
            .collect::<Vec<_>>(),
        "KeySchema": key_schema(&table.primary_key),
    });
    // DynamoDB refuses an empty list.
    if !table.indexes.is_empty() {
        let indexes = table.indexes.iter().map(|index| {
            json!({
                "IndexName": index.name,
                "KeySchema": key_schema(&index.key),
                "Projection": projection(index.projection),
            })
        });
        request["GlobalSecondaryIndexes"] = indexes.collect();
    }
    request.to_string().into_bytes()
}

fn key_schema(key: &KeySchema) -> Value {
    let member =
        |attribute: KeyAttribute, kind: &str| json!({ "AttributeName": attribute.name, "KeyType": kind });
    std::iter::once(member(key.partition, "HASH")).chain(key.sort.map(|sort| member(sort, "RANGE"))).collect()
}

fn projection(projection: Projection) -> Value {
    match projection {
        Projection::All => json!({ "ProjectionType": "ALL" }),
        Projection::Keys => json!({ "ProjectionType": "KEYS_ONLY" }),
        Projection::Include(attributes) => {
            json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": attributes })
        }
    }
}
