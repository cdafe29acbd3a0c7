//! Calls in JSON, and the one table of these tests.

use std::time::Duration;

use dynamorm_core::transport::{Operation, Repeat, Request, Transport, TransportError};
use serde_json::{Value, json};

/// No test waits longer for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn request(operation: Operation, body: &[u8]) -> Request {
    Request {
        operation,
        table: "items".into(),
        index: None,
        body: body.to_vec().into(),
        repeat: Repeat::Unsafe,
    }
}

pub(crate) async fn send(
    engine: &dyn Transport,
    operation: Operation,
    body: Value,
) -> Result<Value, TransportError> {
    let response = engine.send(request(operation, body.to_string().as_bytes())).await?;
    Ok(if response.body.is_empty() { Value::Null } else { serde_json::from_slice(&response.body).unwrap() })
}

/// Makes the table `items` with partition key `pk` and sort key `sk`.
pub(crate) async fn create_table(engine: &dyn Transport) {
    let body = json!({
        "TableName": "items",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
    });
    send(engine, Operation::CreateTable, body).await.unwrap();
}

pub(crate) fn key(sort: &str) -> Value {
    json!({ "pk": { "S": "p" }, "sk": { "S": sort } })
}

pub(crate) async fn put(engine: &dyn Transport, sort: &str) -> Result<Value, TransportError> {
    send(engine, Operation::PutItem, json!({ "TableName": "items", "Item": key(sort) })).await
}

pub(crate) async fn has(engine: &dyn Transport, sort: &str) -> bool {
    let body = json!({ "TableName": "items", "Key": key(sort) });
    send(engine, Operation::GetItem, body).await.unwrap().get("Item").is_some()
}

/// Puts `items` small items into one partition.
pub(crate) async fn fill(engine: &dyn Transport, items: usize) {
    let sorts: Vec<usize> = (0..items).collect();
    for batch in sorts.chunks(25) {
        let puts: Vec<Value> = batch
            .iter()
            .map(|sort| json!({ "PutRequest": { "Item": key(&format!("{sort:08}")) } }))
            .collect();
        send(engine, Operation::BatchWriteItem, json!({ "RequestItems": { "items": puts } })).await.unwrap();
    }
}
