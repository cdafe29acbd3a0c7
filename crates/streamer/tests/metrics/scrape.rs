//! What a scrape is, and what it never shows.

use serde_json::json;
use streamer_store::Submission;

use crate::{
    stage::Stage,
    support::{
        client::Client,
        token::{claims, signed},
    },
};

#[tokio::test]
async fn is_prometheuss_text_where_only_this_machine_connects() {
    let stage = Stage::new().await;

    let scrape = stage.scrape().await;

    assert_eq!(scrape.content_type, "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(scrape.value("streamer_connections", &[]), Some(0.0));
    assert_eq!(scrape.value("streamer_leases_lost_total", &[]), Some(0.0));
}

#[tokio::test]
async fn shows_nothing_that_a_client_or_a_stored_request_says() {
    let stage = Stage::new().await;
    let mut client = Client::connect(&stage.server.address, &signed(&claims("mallory", "evil-tenant"))).await;
    let stored = Submission::new("evil-tenant", "mallory", "evil-stored").id("evil-id");
    stage.stores.requests().enqueue(stored).await.unwrap();

    let unknown = client.ask(json!({ "id": "evil-1", "action": "evil\"action\n" })).await;
    client.send_text("evil").await;
    client.receive().await;
    client.ask(json!({ "id": "evil-2", "action": "steps", "payload": { "to": "evil" } })).await;
    client.ask(json!({ "id": "evil-3", "action": "at_once", "payload": { "evil": "evil" } })).await;
    stage.shows("streamer_attempts_begun_total", &[("action", "")], 1.0).await;
    stage.shows("streamer_attempts_ended_total", &[("action", ""), ("outcome", "released")], 1.0).await;
    let scrape = stage.scrape().await;

    assert_eq!(unknown["error"]["code"], "INVALID_ACTION");
    let other = |code| scrape.value("streamer_messages_total", &[("action", ""), ("outcome", code)]);
    assert_eq!((other("INVALID_ACTION"), other("VALIDATION_ERROR")), (Some(1.0), Some(1.0)));
    assert!(!scrape.text.contains("evil") && !scrape.text.contains("mallory"), "{}", scrape.text);
}
