//! Requests to the engine.

use dynamorm::{testing::Fault, transport::Operation};
use serde_json::json;

use crate::stage::{Stage, without_worker};

#[tokio::test]
async fn are_counted_by_operation_and_outcome_with_what_they_consume() {
    let stage = Stage::with(without_worker).await;
    let mut client = stage.server.connect("u-1").await;
    let before = stage.scrape().await;

    client.ask(json!({ "id": "1", "action": "steps", "payload": { "to": 1 } })).await;
    client.ask(json!({ "id": "s", "action": "status", "payload": { "request_id": "1" } })).await;
    stage.faults.on(Operation::GetItem).nth(1).inject(Fault::Denied);
    client.ask(json!({ "id": "t", "action": "status", "payload": { "request_id": "1" } })).await;
    let after = stage.scrape().await;

    let more = |name: &str, labels: &[(&str, &str)]| {
        after.value(name, labels).unwrap_or(0.0) - before.value(name, labels).unwrap_or(0.0)
    };
    let calls = |operation, outcome| {
        more("streamer_engine_calls_total", &[("operation", operation), ("outcome", outcome)])
    };
    assert_eq!((calls("PutItem", "ok"), calls("GetItem", "ok"), calls("GetItem", "denied")), (1.0, 1.0, 1.0));
    let operation = [("operation", "GetItem")];
    assert_eq!(more("streamer_engine_call_duration_seconds_count", &operation), 2.0);
    // A strongly consistent read of up to 4 KB.
    assert_eq!(more("streamer_engine_consumed_capacity_units_total", &operation), 1.0);
}

#[tokio::test]
async fn that_were_sent_twice_count_a_retry() {
    let stage = Stage::with(without_worker).await;
    stage.faults.on(Operation::PutItem).nth(1).inject(Fault::SentTwice);

    let _client = stage.server.connect("u-1").await;

    stage.shows("streamer_engine_call_retries_total", &[("operation", "PutItem")], 1.0).await;
}
