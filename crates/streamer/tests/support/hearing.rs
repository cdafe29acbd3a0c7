//! What a client hears of a request, and what it may hear.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};

use super::client::Client;

/// Longer than two looks at the store: what is to be told once more would have been.
const SILENCE: Duration = Duration::from_millis(2500);

/// Whether nothing may follow a message about the same request.
pub fn is_end(message: &Value) -> bool {
    message["type"] == "complete" || message["type"] == "error"
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// Returns the messages about one request up to its end. Its progress never falls.
    pub async fn hears(&mut self, id: &str) -> Vec<Value> {
        let mut messages: Vec<Value> = Vec::new();
        let mut percentage = 0;
        loop {
            let message = self.receive().await;
            assert_eq!(message["request_id"], id, "{message}");
            let ends = is_end(&message);
            if !ends {
                assert_eq!(message["type"], "progress", "{message}");
                let next = message["percentage"].as_u64().unwrap();
                assert!(percentage <= next, "{next} after {percentage}");
                percentage = next;
            }
            messages.push(message);
            if ends {
                return messages;
            }
        }
    }

    /// Returns the messages about each of so many requests up to its end, the answers to what was sent among them. No
    /// progress falls, and nothing follows an end.
    pub async fn hears_all(&mut self, requests: usize) -> BTreeMap<String, Vec<Value>> {
        let (mut heard, mut ends): (BTreeMap<String, Vec<Value>>, _) = (BTreeMap::new(), 0);
        while ends < requests {
            let message = self.receive().await;
            let of_request = heard.entry(message["request_id"].as_str().unwrap().to_owned()).or_default();
            assert!(!of_request.last().is_some_and(is_end), "{message} after {of_request:?}");
            let before = of_request.last().and_then(|last| last["percentage"].as_u64());
            assert!(
                is_end(&message) || before <= message["percentage"].as_u64(),
                "{message} after {before:?}"
            );
            ends += usize::from(is_end(&message));
            of_request.push(message);
        }
        heard
    }

    /// Returns a progress of one request that is at least so much, and no end before it.
    pub async fn hears_progress(&mut self, id: &str, percentage: u64) -> Value {
        loop {
            let message = self.receive().await;
            assert_eq!((&message["request_id"], &message["type"]), (&json!(id), &json!("progress")));
            if message["percentage"].as_u64().unwrap() >= percentage {
                return message;
            }
        }
    }

    /// Asks for what is told of a request.
    pub async fn subscribe(&mut self, id: &str) -> Value {
        self.ask(json!({ "id": format!("subscribe-{id}"), "action": "subscribe", "payload": { "request_id": id } }))
            .await
    }

    /// Nothing comes until the answer to a message that is sent later.
    pub async fn hears_nothing_more(&mut self) {
        // It reads meanwhile: who does not answer pings is taken for gone.
        let more = tokio::time::timeout(SILENCE, self.receive()).await;
        assert!(more.is_err(), "{more:?}");
        let answer = self.ask(json!({ "id": "nothing-more", "action": "ping" })).await;
        assert_eq!(
            (&answer["type"], &answer["request_id"]),
            (&json!("response"), &json!("nothing-more")),
            "{answer}"
        );
    }
}
