//! What clients are told.

use dynamorm::{testing::Fault, transport::Operation};
use serde_json::json;

use crate::{
    stage::{Stage, ended},
    support::running::until,
};

#[tokio::test]
async fn are_counted_by_event_and_what_is_awaited_is_shown() {
    let stage = Stage::new().await;
    let mut client = stage.server.connect("u-1").await;

    client.ask(json!({ "id": "1", "action": "gated" })).await;
    stage.shows("streamer_awaited_requests", &[], 1.0).await;
    let progress = client.receive().await;
    stage.gated.gate.add_permits(1);
    ended(&mut client, "1").await;

    assert_eq!(progress["type"], "progress");
    stage.shows("streamer_deliveries_total", &[("event", "progress")], 1.0).await;
    stage.shows("streamer_deliveries_total", &[("event", "completed")], 1.0).await;
    stage.shows("streamer_awaited_requests", &[], 0.0).await;
    let looks = stage.scrape().await.value("streamer_catch_up_duration_seconds_count", &[]);
    assert!(looks >= Some(1.0), "{looks:?}");
}

#[tokio::test]
async fn end_with_the_connection_that_waited() {
    let stage = Stage::new().await;
    let mut client = stage.server.connect("u-1").await;
    client.ask(json!({ "id": "1", "action": "gated" })).await;
    stage.shows("streamer_awaited_requests", &[], 1.0).await;

    drop(client);

    stage.shows("streamer_awaited_requests", &[], 0.0).await;
}

#[tokio::test]
async fn that_wait_for_the_store_are_counted_as_failed_looks() {
    let stage = Stage::new().await;
    let mut client = stage.server.connect("u-1").await;
    client.ask(json!({ "id": "1", "action": "gated" })).await;

    stage.faults.on(Operation::BatchGetItem).inject(Fault::LostBefore);

    until(async || stage.scrape().await.value("streamer_catch_ups_failed_total", &[]) >= Some(1.0)).await;
}
