//! What a worker does.

use std::time::Duration;

use dynamorm::{testing::Fault, transport::Operation};
use serde_json::json;
use streamer::{
    server::ServerConfig,
    worker::{MIN_LEASE, WorkerOptions},
};

use crate::{
    stage::{Stage, ended},
    support::{running::until, scrape::Scrape},
};

const ENDED: &str = "streamer_attempts_ended_total";

#[tokio::test]
async fn are_counted_by_how_they_ended() {
    let stage = Stage::new().await;
    let mut client = stage.server.connect("u-1").await;

    client.ask(json!({ "id": "1", "action": "stubborn" })).await;
    ended(&mut client, "1").await;
    client.ask(json!({ "id": "2", "action": "stubborn", "payload": { "do": "fail" } })).await;
    ended(&mut client, "2").await;

    let outcome = |outcome| [("action", "stubborn"), ("outcome", outcome)];
    stage.shows(ENDED, &outcome("retried"), 2.0).await;
    stage.shows(ENDED, &outcome("completed"), 1.0).await;
    stage.shows(ENDED, &outcome("failed"), 1.0).await;
    let scrape = stage.scrape().await;
    let of_action = [("action", "stubborn")];
    assert_eq!(scrape.value("streamer_attempts_begun_total", &of_action), Some(4.0));
    assert_eq!(scrape.value("streamer_attempt_duration_seconds_count", &of_action), Some(4.0));
    // A retry has waited for its pause, not for a worker.
    assert_eq!(scrape.value("streamer_queue_delay_seconds_count", &[]), Some(2.0));
    assert_eq!(scrape.value("streamer_worker_concurrency", &[]), Some(16.0));
}

#[tokio::test]
async fn are_in_flight_until_they_end() {
    let stage = Stage::new().await;
    let mut client = stage.server.connect("u-1").await;

    client.ask(json!({ "id": "1", "action": "gated" })).await;
    client.ask_for("2", json!({ "action": "gated" })).await;
    stage.shows("streamer_attempts_in_flight", &[], 2.0).await;
    client.ask_for("c", json!({ "action": "cancel", "payload": { "request_id": "1" } })).await;

    let outcome = |outcome| [("action", "gated"), ("outcome", outcome)];
    stage.shows(ENDED, &outcome("cancelled"), 1.0).await;
    stage.shows("streamer_attempts_in_flight", &[], 1.0).await;
    stage.gated.gate.add_permits(1);
    stage.shows(ENDED, &outcome("completed"), 1.0).await;
    stage.shows("streamer_attempts_in_flight", &[], 0.0).await;
}

#[tokio::test]
async fn that_a_stop_gives_back_are_released() {
    let stage = Stage::with(|config| ServerConfig {
        worker: Some(WorkerOptions { grace: Duration::from_millis(100), ..WorkerOptions::default() }),
        ..config
    })
    .await;
    let mut client = stage.server.connect("u-1").await;
    client.ask(json!({ "id": "1", "action": "gated" })).await;
    until(async || stage.gated.begun() == 1).await;
    let metrics = stage.server.metrics.clone();

    stage.server.stop().await;

    let scrape = Scrape::parse(&metrics.to_text(), "");
    assert_eq!(scrape.value(ENDED, &[("action", "gated"), ("outcome", "released")]), Some(1.0));
    assert_eq!(scrape.value("streamer_attempts_in_flight", &[]), Some(0.0));
    assert_eq!(scrape.value("streamer_connections_ended_total", &[("reason", "shutdown")]), Some(1.0));
}

#[tokio::test]
async fn whose_lease_ends_while_the_store_takes_no_heartbeat_are_lost() {
    let stage = Stage::with(|config| ServerConfig {
        worker: Some(WorkerOptions { lease: MIN_LEASE, ..WorkerOptions::default() }),
        ..config
    })
    .await;
    let mut client = stage.server.connect("u-1").await;
    client.ask(json!({ "id": "1", "action": "gated" })).await;
    until(async || stage.gated.begun() == 1).await;

    let failing = stage.faults.on(Operation::UpdateItem).inject(Fault::LostBefore);

    stage.shows("streamer_leases_lost_total", &[], 1.0).await;
    assert!(failing.count() > 0);
    let scrape = stage.scrape().await;
    assert_eq!(scrape.value(ENDED, &[("action", "gated"), ("outcome", "lease_lost")]), Some(1.0));
    assert!(scrape.value("streamer_lease_extensions_failed_total", &[]).unwrap() >= 1.0);
}

#[tokio::test]
async fn that_cannot_be_claimed_are_counted_as_failed_looks() {
    let stage = Stage::new().await;

    let failing = stage.faults.on(Operation::Query).inject(Fault::LostBefore);

    until(async || {
        let text = stage.server.metrics.to_text();
        Scrape::parse(&text, "").value("streamer_claims_failed_total", &[]) >= Some(2.0)
    })
    .await;
    assert!(failing.count() >= 2);
}
