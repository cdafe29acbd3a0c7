//! Numbers with more digits than a floating-point one has, in what a handler says besides its result.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use serde_json::{Map, Value, json, value::RawValue};
use streamer::{
    handler::{Context, Handler, HandlerError, Mode},
    server::Ownership,
};
use streamer_store::{Json, Progress, StoreFactory};
use support::{client::Client, running::Running};

/// 38 digits, which is what DynamoDB's numbers and `Decimal` have.
const DETAILS: &str = r#"{"sum":12345678901234567890123456789012345.125}"#;

/// Fails with these details, after a progress with the same ones.
struct Exact(Mode);

impl Handler for Exact {
    type Payload = Map<String, Value>;
    type Output = Value;

    fn action(&self) -> &str {
        match self.0 {
            Mode::Immediate => "exact_at_once",
            Mode::Queued => "exact",
        }
    }

    fn mode(&self) -> Mode {
        self.0
    }

    async fn handle(&self, _: Self::Payload, context: &Context) -> Result<Value, HandlerError> {
        context.report(Progress { percentage: 50, message: None, details: Json::parse(DETAILS).ok() });
        // Long enough for it to be written.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let details: &RawValue = serde_json::from_str(DETAILS).unwrap();
        Err(HandlerError::fail("as asked").with_details(&details))
    }
}

async fn connected() -> (Running, Client) {
    let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
    let server = Running::start_with(&stores, Ownership::Exclusive, |server| {
        server.handler(Exact(Mode::Queued)).handler(Exact(Mode::Immediate))
    })
    .await;
    let client = server.connect("u-1").await;
    (server, client)
}

fn details() -> String {
    format!(r#""details":{DETAILS}"#)
}

mod details {
    use super::*;

    #[tokio::test]
    async fn of_progress_and_of_a_failure_are_told_to_the_letter() {
        let (_server, mut client) = connected().await;

        client.ask(json!({ "id": "r-1", "action": "exact" })).await;
        let progress = client.receive_text().await;
        let end = client.receive_text().await;

        assert!(progress.contains(r#""type":"progress""#) && progress.contains(&details()), "{progress}");
        assert!(end.contains(r#""type":"error""#) && end.contains(&details()), "{end}");
    }

    #[tokio::test]
    async fn are_shown_to_the_letter_by_each_action_that_shows_requests() {
        let (_server, mut client) = connected().await;
        client.ask(json!({ "id": "r-1", "action": "exact" })).await;
        client.hears("r-1").await;

        for action in ["status", "result", "list", "subscribe"] {
            client.send(json!({ "action": action, "payload": { "request_id": "r-1" } })).await;
            let answer = client.receive_text().await;

            // Those of the progress, and those of the failure.
            assert_eq!(answer.matches(&details()).count(), 2, "{action}: {answer}");
        }
    }

    #[tokio::test]
    async fn of_an_action_that_is_answered_at_once_are_told_to_the_letter() {
        let (_server, mut client) = connected().await;

        client.send(json!({ "id": "r-1", "action": "exact_at_once" })).await;
        let answer = client.receive_text().await;

        assert!(answer.contains(&details()), "{answer}");
    }
}
