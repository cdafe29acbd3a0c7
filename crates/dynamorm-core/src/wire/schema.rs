//! The parts of a table's definition that `CreateTable` and `UpdateTable` share.

use serde_json::{Value, json};

use crate::model::{IndexDefinition, IndexProjection, KeyAttribute, KeySchema, StreamView};

/// The types of key attributes, each once.
pub(super) fn attribute_definitions(attributes: impl Iterator<Item = KeyAttribute>) -> Value {
    let mut once: Vec<KeyAttribute> = Vec::new();
    for attribute in attributes {
        if !once.contains(&attribute) {
            once.push(attribute);
        }
    }
    once.iter()
        .map(|attribute| json!({ "AttributeName": attribute.name, "AttributeType": attribute.kind.name() }))
        .collect()
}

pub(super) fn key_schema(key: &KeySchema) -> Value {
    let member =
        |attribute: KeyAttribute, kind: &str| json!({ "AttributeName": attribute.name, "KeyType": kind });
    std::iter::once(member(key.partition, "HASH")).chain(key.sort.map(|sort| member(sort, "RANGE"))).collect()
}

/// A global secondary index.
pub(super) fn index(index: &IndexDefinition) -> Value {
    json!({
        "IndexName": index.name,
        "KeySchema": key_schema(&index.key),
        "Projection": projection(index.projection),
    })
}

/// The `StreamSpecification` of a stream that is on.
pub(super) fn stream(view: StreamView) -> Value {
    json!({ "StreamEnabled": true, "StreamViewType": view.name() })
}

fn projection(projection: IndexProjection) -> Value {
    match projection {
        IndexProjection::All => json!({ "ProjectionType": "ALL" }),
        IndexProjection::Keys => json!({ "ProjectionType": "KEYS_ONLY" }),
        IndexProjection::Include(attributes) => {
            json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": attributes })
        }
    }
}
