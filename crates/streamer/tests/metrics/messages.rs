//! Clients' messages, and what they submit.

use dynamorm::{testing::Fault, transport::Operation};
use serde_json::json;

use crate::stage::{Stage, ended};

#[tokio::test]
async fn are_counted_by_action_and_answer() {
    let stage = Stage::new().await;
    let mut client = stage.server.connect("u-1").await;

    for _ in 0..3 {
        client.ask(json!({ "action": "ping" })).await;
    }
    client.ask(json!({ "action": "status", "payload": { "request_id": "none" } })).await;
    client.ask(json!({ "action": "restricted" })).await;
    client.ask(json!({ "action": "at_once", "payload": { "do": "sleep" } })).await;
    let scrape = stage.scrape().await;

    let answered = |action, outcome| {
        scrape.value("streamer_messages_total", &[("action", action), ("outcome", outcome)])
    };
    assert_eq!(answered("ping", "accepted"), Some(3.0));
    assert_eq!(answered("status", "NOT_FOUND"), Some(1.0));
    assert_eq!(answered("restricted", "FORBIDDEN"), Some(1.0));
    assert_eq!(answered("at_once", "TIMEOUT"), Some(1.0));
    let slow = [("action", "at_once")];
    let took = scrape.value("streamer_answer_duration_seconds_sum", &slow).unwrap();
    assert!((0.5..5.0).contains(&took), "{took}");
    assert_eq!(scrape.value("streamer_answer_duration_seconds_count", &slow), Some(1.0));
}

#[tokio::test]
async fn that_submit_are_counted_once_they_are_durable() {
    let stage = Stage::new().await;
    let mut client = stage.server.connect("u-1").await;
    let message = json!({ "id": "r-1", "action": "steps", "payload": { "to": 1 } });
    client.ask(message.clone()).await;
    ended(&mut client, "r-1").await;

    client.ask(message).await;
    stage.faults.on(Operation::PutItem).inject(Fault::Denied);
    client.ask_for("r-2", json!({ "action": "steps", "payload": { "to": 1 } })).await;
    let scrape = stage.scrape().await;

    let acknowledged = |kind| {
        let labels = [("action", "steps"), ("kind", kind)];
        scrape.value("streamer_submissions_acknowledged_total", &labels)
    };
    assert_eq!((acknowledged("new"), acknowledged("replay")), (Some(1.0), Some(1.0)));
    let stored = scrape.value("streamer_submission_duration_seconds_count", &[("action", "steps")]);
    assert_eq!(stored, Some(2.0));
}
