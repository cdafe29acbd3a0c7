//! What a caller is told of a request that the engine does not take.

use dynamorm_core::transport::{Operation, Transport as _, TransportError, TransportErrorKind};
use dynamorm_embedded::Embedded;
use serde_json::{Value, json};

use crate::support;

async fn refused(operation: Operation, body: &[u8]) -> TransportError {
    let engine = Embedded::memory().unwrap();
    support::create_table(&engine).await;
    engine.send(support::request(operation, body)).await.unwrap_err()
}

/// A `PutItem` of one attribute beside the key.
fn put_of(value: &str) -> Vec<u8> {
    format!(r#"{{"TableName":"items","Item":{{"pk":{{"S":"p"}},"sk":{{"S":"s"}},"a":{value}}}}}"#)
        .into_bytes()
}

#[tokio::test]
async fn a_value_that_is_none_is_refused_without_the_engines_marks_or_places() {
    let values = [
        r#"{}"#,
        r#"{"S":"a","N":"1"}"#,
        r#"{"NULL":false}"#,
        r#"{"N":"x"}"#,
        r#"{"SS":[]}"#,
        r#"{"S":12345}"#,
        r#"{"BOOL":"perhaps"}"#,
        r#"{"X":"y"}"#,
        r#"null"#,
        r#"[1]"#,
        r#"{"M":{"b":{"N":true}}}"#,
    ];
    for value in values {
        let error = refused(Operation::PutItem, &put_of(value)).await;

        assert_eq!(error.kind, TransportErrorKind::Validation, "{value}: {error}");
        assert!(!error.message.is_empty(), "{value}");
        let body = String::from_utf8(error.body.to_vec()).unwrap();
        for leak in ["VALIDATION", "SERIALIZATION", "AS_READ", " line ", " column ", "12345"] {
            assert!(!body.contains(leak) && !error.message.contains(leak), "{value}: {body}");
        }
    }
}

#[tokio::test]
async fn a_value_in_the_wrong_place_is_not_repeated() {
    for value in ["98765", "98765.5", r#""98765""#, r#""98765, expected a map""#, "[98765]"] {
        let body = format!(r#"{{"TableName":"items","Key":{value}}}"#);

        let error = refused(Operation::GetItem, body.as_bytes()).await;

        assert_eq!(error.kind, TransportErrorKind::Validation, "{value}: {error}");
        assert!(!error.message.contains("98765"), "{value}: {error}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    for body in [&b""[..], b"{", b"nonsense", b"[]", b"\xff\xfe", b"{\"TableName\":\"\xff\"}"] {
        let error = refused(Operation::GetItem, body).await;

        assert_eq!(error.kind, TransportErrorKind::Validation, "{error:?}");
        assert!(!error.message.contains(" line "), "{error}");
    }
}

#[tokio::test]
async fn a_value_that_is_nested_too_deep_is_refused() {
    for levels in [40, 100, 1_000, 100_000] {
        let value = r#"{"L":["#.repeat(levels) + &"]}".repeat(levels);

        let error = refused(Operation::PutItem, &put_of(&value)).await;

        assert_eq!(error.kind, TransportErrorKind::Validation, "{levels} levels: {error}");
        assert!(error.message.contains("Nesting Levels"), "{levels} levels: {error}");
    }
}

#[tokio::test]
async fn an_expression_of_many_brackets_ends_in_an_answer() {
    // DynamoDB's expressions hold 4 KB at most.
    for (open, close, levels) in
        [("(", ")", 1_900), ("NOT ", "", 1_000), ("(", ")", 200_000), ("NOT ", "", 200_000)]
    {
        let condition = format!("{}a = :v{}", open.repeat(levels), close.repeat(levels));
        let body = json!({
            "TableName": "items",
            "Item": support::key("s"),
            "ConditionExpression": condition,
            "ExpressionAttributeValues": { ":v": { "S": "x" } },
        });
        let engine = Embedded::memory().unwrap();
        support::create_table(&engine).await;

        let outcome = support::send(&engine, Operation::PutItem, body).await;
        let kind = outcome.err().map(|error| error.kind);

        use TransportErrorKind::{ConditionFailed, Validation};
        assert!(matches!(kind, None | Some(ConditionFailed | Validation)), "{levels} levels: {kind:?}");
    }
}

#[tokio::test]
async fn a_failed_condition_carries_the_stored_item() {
    let engine = Embedded::memory().unwrap();
    support::create_table(&engine).await;
    support::put(&engine, "a").await.unwrap();
    let body = json!({
        "TableName": "items",
        "Item": support::key("a"),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });

    let error = support::send(&engine, Operation::PutItem, body).await.unwrap_err();

    assert_eq!(error.kind, TransportErrorKind::ConditionFailed);
    let body: Value = serde_json::from_slice(&error.body).unwrap();
    assert_eq!(body["Item"], support::key("a"));
}

#[tokio::test]
async fn a_cancelled_transaction_carries_its_reasons() {
    let engine = Embedded::memory().unwrap();
    support::create_table(&engine).await;
    let check = json!({ "TableName": "items", "Key": support::key("a"), "ConditionExpression": "attribute_exists(pk)" });
    let body = json!({ "TransactItems": [{ "ConditionCheck": check }] });

    let error = support::send(&engine, Operation::TransactWriteItems, body).await.unwrap_err();

    assert_eq!(error.kind, TransportErrorKind::TransactionCanceled);
    let body: Value = serde_json::from_slice(&error.body).unwrap();
    assert_eq!(body["CancellationReasons"][0]["Code"], "ConditionalCheckFailed");
}

#[tokio::test]
async fn errors_have_the_kind_of_dynamodbs_name() {
    let engine = Embedded::memory().unwrap();
    let absent = support::put(&engine, "a").await.unwrap_err();
    support::create_table(&engine).await;
    let again = json!({
        "TableName": "items",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
    });
    let in_use = support::send(&engine, Operation::CreateTable, again).await.unwrap_err();
    let mut item = support::key("a");
    item["a"] = json!({ "S": "x".repeat(400 << 10) });
    let large = support::send(&engine, Operation::PutItem, json!({ "TableName": "items", "Item": item }))
        .await
        .unwrap_err();

    let kinds = (absent.kind, in_use.kind, large.kind);

    use TransportErrorKind::{TableInUse, TableNotFound, TooLarge};
    assert_eq!(kinds, (TableNotFound, TableInUse, TooLarge));
}
