//! A request's way: submitted, carried out, heard of, over real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use streamer::server::{Ownership, Server};
use streamer_store::{AsyncRequest, RequestKey, RequestStatus, StoreFactory};
use support::{
    client::Client,
    handler::{AtOnce, Gated, Restricted, Steps, Stubborn},
    running::{Running, until},
    token::{claims, signed},
};

/// A server with the handlers of the tests, and its stores.
struct Stage {
    stores: StoreFactory,
    server: Running,
    gated: Gated,
}

impl Stage {
    async fn new() -> Self {
        let (stores, gated) = (StoreFactory::connect("memory:").unwrap().with_shards(2), Gated::default());
        let server = Running::start_with(&stores, Ownership::Exclusive, with_handlers(&gated)).await;
        Self { stores, server, gated }
    }

    async fn stored(&self, id: &str) -> AsyncRequest {
        self.stores.requests().get_consistent(&RequestKey::new("t-1", id)).await.unwrap()
    }

    async fn has(&self, id: &str, status: RequestStatus) {
        until(async || self.stored(id).await.status == status).await;
    }
}

fn with_handlers(gated: &Gated) -> impl FnOnce(Server) -> Server + use<> {
    let gated = gated.clone();
    |server| server.handler(Steps).handler(AtOnce).handler(gated).handler(Stubborn).handler(Restricted)
}

fn acknowledgment(id: &str) -> Value {
    json!({ "type": "acknowledgment", "request_id": id, "status": "queued" })
}

mod submission {
    use super::*;

    #[tokio::test]
    async fn is_acknowledged_then_progresses_then_ends_once() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        let message = json!({ "id": "r-1", "action": "steps", "payload": { "to": 4, "delay_ms": 300 } });
        let answer = client.ask(message).await;
        let messages = client.hear_to_the_end("r-1").await;
        let next = client.ask(json!({ "id": "p", "action": "ping" })).await;

        assert_eq!(answer, acknowledgment("r-1"));
        let (end, progress) = messages.split_last().unwrap();
        assert_eq!((&end["type"], &end["result"]), (&json!("complete"), &json!({ "done": 4 })));
        let percentages: Vec<_> =
            progress.iter().map(|message| message["percentage"].as_u64().unwrap()).collect();
        assert!(!percentages.is_empty() && percentages.is_sorted(), "{percentages:?}");
        assert!(progress.iter().all(|message| message["type"] == "progress"));
        assert_eq!(next["type"], "response");
        let stored = stage.stored("r-1").await;
        assert_eq!((stored.status, stored.progress), (RequestStatus::Completed, Some(100)));
        assert_eq!((&*stored.user_id, stored.attempt), ("u-1", 1));
    }

    #[tokio::test]
    async fn made_again_hears_the_stored_end() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        let message = json!({ "id": "r-1", "action": "steps", "payload": { "to": 1 } });
        client.ask(message.clone()).await;
        client.hear_to_the_end("r-1").await;

        let again = client.ask(message.clone()).await;
        let end = client.hear_to_the_end("r-1").await;
        let other = client.ask(json!({ "id": "r-1", "action": "steps", "payload": { "to": 2 } })).await;

        assert_eq!(again, acknowledgment("r-1"));
        assert_eq!(end.len(), 1);
        assert_eq!(end[0]["result"], json!({ "done": 1 }));
        assert_eq!(other["error"]["code"], "ALREADY_EXISTS");
        assert_eq!(stage.stored("r-1").await.attempt, 1);
    }

    #[tokio::test]
    async fn that_does_not_fit_is_refused_and_not_stored() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        for payload in [json!({}), json!({ "to": "3" }), json!({ "to": 101 }), json!({ "to": 256 })] {
            let answer = client.ask(json!({ "id": "r-1", "action": "steps", "payload": payload })).await;
            assert_eq!(answer["error"]["code"], "VALIDATION_ERROR", "{payload}");
        }

        let stored = stage.stores.requests().by_tenant("t-1").take(9).await.unwrap();
        assert_eq!(stored, []);
    }

    #[tokio::test]
    async fn needs_the_permission_that_the_action_asks_for() {
        let stage = Stage::new().await;
        let mut allowed = claims("u-1", "t-1");
        allowed["permissions"] = json!(["restricted:run"]);
        let mut without = stage.server.connect("u-1").await;
        let mut with = Client::connect(&stage.server.address, &signed(&allowed)).await;

        let refused = without.ask(json!({ "id": "r-1", "action": "restricted" })).await;
        let taken = with.ask(json!({ "id": "r-2", "action": "restricted" })).await;

        assert_eq!(refused["error"]["code"], "FORBIDDEN");
        assert_eq!(taken, acknowledgment("r-2"));
    }

    #[tokio::test]
    async fn is_of_the_tokens_user_whatever_the_message_says() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        let payload = json!({ "to": 1, "user_id": "eve", "tenant_id": "t-2" });
        let message = json!({ "id": "r-1", "action": "steps", "payload": payload, "user_id": "eve", "tenant_id": "t-2" });
        client.ask(message).await;
        client.hear_to_the_end("r-1").await;

        let stored = stage.stored("r-1").await;
        assert_eq!((&*stored.user_id, &*stored.tenant_id), ("u-1", "t-1"));
    }
}

mod failure {
    use super::*;

    #[tokio::test]
    async fn that_is_worth_it_is_tried_again_from_the_checkpoint() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        client.ask(json!({ "id": "r-1", "action": "stubborn" })).await;
        let messages = client.hear_to_the_end("r-1").await;

        assert_eq!(messages.last().unwrap()["result"], json!({ "attempts": [1, 2, 3] }));
    }

    #[tokio::test]
    async fn that_is_final_ends_the_request_at_once() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        client.ask(json!({ "id": "r-1", "action": "stubborn", "payload": { "do": "fail" } })).await;
        let end = client.hear_to_the_end("r-1").await.pop().unwrap();

        assert_eq!(end["error"], json!({ "code": "PROCESSING_FAILED", "message": "for good" }));
        assert_eq!(stage.stored("r-1").await.attempt, 1);
    }

    #[tokio::test]
    async fn of_every_try_ends_the_request_and_so_do_panics() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        for kind in ["retry", "panic"] {
            client.ask(json!({ "id": kind, "action": "stubborn", "payload": { "do": kind } })).await;
            let end = client.hear_to_the_end(kind).await.pop().unwrap();

            assert_eq!(end["error"]["code"], "PROCESSING_FAILED");
            assert_eq!(stage.stored(kind).await.attempt, 4);
        }
    }
}

mod immediate {
    use super::*;

    #[tokio::test]
    async fn is_answered_with_what_the_handler_returns() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        let done = client.ask(json!({ "id": "1", "action": "at_once", "payload": { "n": 1 } })).await;
        let failed = client.ask(json!({ "id": "2", "action": "at_once", "payload": { "do": "fail" } })).await;
        let panicked =
            client.ask(json!({ "id": "3", "action": "at_once", "payload": { "do": "panic" } })).await;
        let early =
            client.ask(json!({ "id": "5", "action": "at_once", "payload": { "do": "panic early" } })).await;
        let late = client.ask(json!({ "id": "4", "action": "at_once", "payload": { "do": "sleep" } })).await;

        assert_eq!(
            done,
            json!({ "type": "response", "request_id": "1", "success": true, "data": { "n": 1 } })
        );
        assert_eq!(failed["error"]["details"], json!({ "why": "asked" }));
        assert_eq!(panicked["error"]["code"], "INTERNAL_ERROR");
        assert_eq!((&early["request_id"], &early["error"]["code"]), (&json!("5"), &json!("INTERNAL_ERROR")));
        assert_eq!(late["error"]["code"], "TIMEOUT");
    }
}

mod cancellation {
    use super::*;

    #[tokio::test]
    async fn ends_the_request_for_all_who_wait_and_stops_the_handler() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        let mut other = stage.server.connect("u-1").await;
        client.ask(json!({ "id": "r-1", "action": "gated" })).await;
        other.ask(json!({ "id": "s", "action": "subscribe", "payload": { "request_id": "r-1" } })).await;
        until(async || stage.gated.begun() == 1).await;

        let answer =
            other.ask_for("c", json!({ "action": "cancel", "payload": { "request_id": "r-1" } })).await;
        let end = client.hear_to_the_end("r-1").await.pop().unwrap();

        assert_eq!(answer["data"], json!({ "request_id": "r-1", "status": "CANCELLED" }));
        assert_eq!(end["error"]["code"], "CANCELLED");
        assert_eq!(stage.stored("r-1").await.status, RequestStatus::Cancelled);
        until(async || stage.gated.cancelled() == 1).await;
    }

    #[tokio::test]
    async fn of_what_is_not_ones_own_finds_nothing() {
        let stage = Stage::new().await;
        let (mut client, mut eve) = (stage.server.connect("u-1").await, stage.server.connect("eve").await);
        client.ask(json!({ "id": "r-1", "action": "gated" })).await;

        for action in ["cancel", "status", "result", "subscribe"] {
            let answer =
                eve.ask(json!({ "id": action, "action": action, "payload": { "request_id": "r-1" } })).await;
            assert_eq!(answer["error"]["code"], "NOT_FOUND", "{action}");
        }

        assert!(stage.stored("r-1").await.status.is_open());
        stage.gated.gate.add_permits(1);
    }
}

mod subscription {
    use super::*;

    #[tokio::test]
    async fn after_a_reconnect_hears_what_is_stored_first() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        client.ask(json!({ "id": "r-1", "action": "gated" })).await;
        until(async || stage.stored("r-1").await.progress == Some(10)).await;
        drop(client);
        let mut again = stage.server.connect("u-1").await;

        let message = json!({ "id": "s-1", "action": "subscribe", "payload": { "request_id": "r-1" } });
        let answer = again.ask(message).await;
        let progress = again.receive().await;
        stage.gated.gate.add_permits(1);
        let end = again.hear_to_the_end("r-1").await.pop().unwrap();

        assert_eq!(
            (&answer["data"]["status"], &answer["data"]["percentage"]),
            (&json!("PROCESSING"), &json!(10))
        );
        assert_eq!((&progress["type"], &progress["percentage"]), (&json!("progress"), &json!(10)));
        assert_eq!(end["result"]["user"], "u-1");
    }

    #[tokio::test]
    async fn hears_only_what_it_names() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        let mut listener = stage.server.connect("u-1").await;
        client.ask(json!({ "id": "r-1", "action": "gated" })).await;
        let payload = json!({ "request_id": "r-1", "event_types": ["completed"] });
        listener.ask(json!({ "id": "s-1", "action": "subscribe", "payload": payload })).await;

        stage.gated.gate.add_permits(1);
        let messages = listener.hear_to_the_end("r-1").await;

        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0]["type"], "complete");
    }

    #[tokio::test]
    async fn that_is_given_up_hears_nothing_more() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        client.ask(json!({ "id": "r-1", "action": "gated" })).await;
        until(async || stage.gated.begun() == 1).await;

        let message = json!({ "action": "unsubscribe", "payload": { "request_id": "r-1" } });
        client.ask_for("u", message).await;
        stage.gated.gate.add_permits(1);
        stage.has("r-1", RequestStatus::Completed).await;
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let next = client.ask(json!({ "id": "p", "action": "ping" })).await;

        assert_eq!(next["type"], "response");
    }

    #[tokio::test]
    async fn of_a_request_that_is_removed_ends_once_with_not_found() {
        let stage = Stage::new().await;
        let requests = stage.stores.requests();
        let mut client = stage.server.connect("u-1").await;
        client.ask(json!({ "id": "r-1", "action": "gated" })).await;
        until(async || stage.gated.begun() == 1).await;
        let db = stage.stores.db();

        db.delete(AsyncRequest::key("t-1", "r-1")).await.unwrap();
        let end = client.hear_to_the_end("r-1").await.pop().unwrap();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let next = client.ask(json!({ "id": "p", "action": "ping" })).await;

        assert_eq!(end["error"]["code"], "NOT_FOUND");
        assert_eq!(next["type"], "response");
        assert!(requests.get(&RequestKey::new("t-1", "r-1")).await.is_err());
        stage.gated.gate.add_permits(1);
    }
}

mod list {
    use super::*;

    #[tokio::test]
    async fn gives_the_callers_own_page_by_page() {
        let stage = Stage::new().await;
        let (mut client, mut other) = (stage.server.connect("u-1").await, stage.server.connect("u-2").await);
        let mut namesake = Client::connect(&stage.server.address, &signed(&claims("u-1", "t-2"))).await;
        namesake.ask(json!({ "id": "secret", "action": "steps", "payload": { "to": 1 } })).await;
        for id in ["a", "b", "c"] {
            client.ask(json!({ "id": id, "action": "steps", "payload": { "to": 1 } })).await;
            client.hear_to_the_end(id).await;
        }
        other.ask(json!({ "id": "d", "action": "steps", "payload": { "to": 1 } })).await;

        let beside = client.ask(json!({ "action": "list", "payload": { "limit": 4 } })).await;
        let first = client.ask(json!({ "action": "list", "payload": { "limit": 2 } })).await;
        let cursor = &first["data"]["cursor"];
        let second =
            client.ask(json!({ "action": "list", "payload": { "limit": 2, "cursor": cursor } })).await;
        let none = client.ask(json!({ "action": "list", "payload": { "status": "FAILED" } })).await;
        let bad = client.ask(json!({ "action": "list", "payload": { "cursor": "x" } })).await;

        let ids = |page: &Value| -> Vec<String> {
            let requests = page["data"]["requests"].as_array().unwrap();
            requests.iter().map(|request| request["request_id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((ids(&first), ids(&second)), (vec!["c".to_owned(), "b".to_owned()], vec!["a".to_owned()]));
        assert_eq!(ids(&none), Vec::<String>::new());
        assert_eq!(bad["error"]["details"]["field"], "cursor");
        // This page ended at what is of the user's namesake in another tenant: its cursor shows nothing of that.
        let cursor = beside["data"]["cursor"].as_str().unwrap();
        let shown = BASE64_URL_SAFE_NO_PAD.decode(cursor).unwrap();
        assert!(!String::from_utf8_lossy(&shown).contains("secret"));
    }
}

mod an_action_without_handler {
    use super::*;

    #[tokio::test]
    async fn is_left_to_other_workers_with_all_its_tries() {
        let stage = Stage::new().await;
        let submission = streamer_store::Submission::new("t-1", "u-1", "of another version").id("r-1");

        stage.stores.requests().enqueue(submission).await.unwrap();
        until(async || stage.stored("r-1").await.attempt == 1).await;
        until(async || stage.stored("r-1").await.status == RequestStatus::Pending).await;

        let stored = stage.stored("r-1").await;
        assert_eq!(stored.tries, 0);
        // Not claimed again at once: another worker is to have the time for it.
        assert!(stored.visible_at > stage.stores.requests().now());
    }
}

mod a_stop {
    use super::*;

    #[tokio::test]
    async fn lets_what_is_begun_end() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        client.ask(json!({ "id": "r-1", "action": "gated" })).await;
        until(async || stage.gated.begun() == 1).await;

        let (stores, gate) = (stage.stores.clone(), stage.gated.gate.clone());
        let opening = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            gate.add_permits(1);
        });
        stage.server.stop().await;
        opening.await.unwrap();

        let stored = stores.requests().get_consistent(&RequestKey::new("t-1", "r-1")).await.unwrap();
        assert_eq!((stored.status, stored.attempt), (RequestStatus::Completed, 1));
    }
}
