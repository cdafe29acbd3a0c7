//! The built-in handlers, asked over real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::fs;

use serde_json::{Value, json};
use streamer::{
    builtin::{Count, Echo, EchoAsync, GenerateReport},
    server::Ownership,
};
use streamer_store::{AsyncRequest, RequestKey, RequestStatus, StoreFactory};
use support::{
    client::Client,
    running::{Running, until},
};
use tempfile::TempDir;

/// A server with the built-in handlers, its stores, and the directory that reports are made from.
struct Stage {
    stores: StoreFactory,
    server: Running,
    data: TempDir,
}

impl Stage {
    async fn new() -> Self {
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(2);
        let data = tempfile::tempdir().unwrap();
        let reports = GenerateReport::new(data.path()).unwrap();
        let server = Running::start_with(&stores, Ownership::Exclusive, |server| {
            server.handler(Echo).handler(EchoAsync).handler(Count).handler(reports)
        })
        .await;
        Self { stores, server, data }
    }

    async fn stored(&self, id: &str) -> AsyncRequest {
        self.stores.requests().get_consistent(&RequestKey::new("t-1", id)).await.unwrap()
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.data.path().join(name), content).unwrap();
    }
}

/// Sends a request and returns what is heard of it up to its end: the answer first.
async fn carry_out(client: &mut Client, id: &str, action: &str, payload: Value) -> Vec<Value> {
    client.send(json!({ "id": id, "action": action, "payload": payload })).await;
    client.hear_to_the_end(id).await
}

fn percentages(messages: &[Value]) -> Vec<u64> {
    messages.iter().filter_map(|message| message["percentage"].as_u64()).collect()
}

/// A payload that a tree of numbers and members would not keep.
const LETTERS: &str = r#"{ "b": 1.10, "a": 12345678901234567890123.5e-3, "\u0041": [null, -0] }"#;

/// A payload of several levels.
fn payload() -> Value {
    json!({ "text": "\u{0}é", "numbers": [0, -1.5, 1e300], "nested": { "empty": {}, "null": null } })
}

mod echo {
    use super::*;

    #[tokio::test]
    async fn answers_at_once_and_stores_nothing() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        let answer = client.ask(json!({ "id": "e-1", "action": "echo", "payload": payload() })).await;

        let expected = json!({ "type": "response", "request_id": "e-1", "success": true, "data": payload() });
        assert_eq!(answer, expected);
        assert_eq!(stage.stores.requests().by_tenant("t-1").take(9).await.unwrap(), []);
    }

    #[tokio::test]
    async fn answers_to_the_letter() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        client.send_text(format!(r#"{{"id":"e-1","action":"echo","payload":{LETTERS}}}"#)).await;

        assert!(client.receive_text().await.contains(&format!(r#""data":{LETTERS}"#)));
    }
}

mod echo_async {
    use super::*;

    #[tokio::test]
    async fn ends_with_the_payload() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        let messages = carry_out(&mut client, "e-1", "echo_async", payload()).await;

        assert_eq!(messages[0], json!({ "type": "acknowledgment", "request_id": "e-1", "status": "queued" }));
        assert_eq!(messages.last().unwrap()["result"], payload());
    }

    #[tokio::test]
    async fn is_stored_and_told_to_the_letter() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        client.send_text(format!(r#"{{"id":"e-1","action":"echo_async","payload":{LETTERS}}}"#)).await;
        client.receive().await;
        let end = client.receive_text().await;
        client.send(json!({ "id": "x-1", "action": "result", "payload": { "request_id": "e-1" } })).await;
        let result = client.receive_text().await;

        assert_eq!(stage.stored("e-1").await.result.unwrap().as_str(), LETTERS);
        for message in [end, result] {
            assert!(message.contains(&format!(r#""result":{LETTERS}"#)), "{message}");
        }
    }
}

mod count {
    use super::*;

    #[tokio::test]
    async fn progresses_to_its_end() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        let messages = carry_out(&mut client, "c-1", "count", json!({ "to": 4, "delay_ms": 300 })).await;

        assert_eq!(messages[0]["type"], "acknowledgment");
        let seen = percentages(&messages);
        assert!(seen.len() > 1 && seen.is_sorted(), "{seen:?}");
        assert!(messages.iter().any(|message| message["message"] == "2 of 4"), "{messages:?}");
        assert_eq!(messages.last().unwrap()["result"], json!({ "counted": 4 }));
    }

    #[tokio::test]
    async fn is_tried_again_until_it_fails_for_good() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        let messages = carry_out(&mut client, "c-1", "count", json!({ "to": 3, "fail_at": 2 })).await;

        let end = messages.last().unwrap();
        assert_eq!((&end["type"], &end["error"]["code"]), (&json!("error"), &json!("PROCESSING_FAILED")));
        let stored = stage.stored("c-1").await;
        assert_eq!((stored.status, stored.attempt), (RequestStatus::Failed, 4));
        assert!(percentages(&messages).is_sorted(), "{messages:?}");
    }

    #[tokio::test]
    async fn is_cancelled_in_the_midst_of_a_pause() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        client
            .ask(json!({ "id": "c-1", "action": "count", "payload": { "to": 10, "delay_ms": 60_000 } }))
            .await;
        until(async || stage.stored("c-1").await.status == RequestStatus::Processing).await;

        client.send(json!({ "id": "x-1", "action": "cancel", "payload": { "request_id": "c-1" } })).await;
        let mut messages = [client.receive().await, client.receive().await];
        messages.sort_by_key(|message| message["request_id"].as_str().unwrap().to_owned());

        assert_eq!(messages[0]["error"]["code"], "CANCELLED", "{messages:?}");
        assert_eq!(messages[1]["type"], "response", "{messages:?}");
        assert_eq!(stage.stored("c-1").await.status, RequestStatus::Cancelled);
    }

    #[tokio::test]
    async fn without_end_in_time_is_refused_and_not_stored() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        let payload = json!({ "to": 1_000_000, "delay_ms": 60_000 });
        let messages = carry_out(&mut client, "c-1", "count", payload).await;

        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0]["error"]["code"], "VALIDATION_ERROR");
        assert_eq!(messages[0]["error"]["details"]["field"], "delay_ms");
        assert_eq!(stage.stores.requests().by_tenant("t-1").take(9).await.unwrap(), []);
    }
}

mod generate_report {
    use super::*;

    fn of(source: &str) -> Value {
        json!({ "source": source, "group_by": "region", "sum": "amount" })
    }

    #[tokio::test]
    async fn tells_groups_sums_and_what_was_unreadable() {
        let stage = Stage::new().await;
        stage.write("sales.csv", "region,amount\r\nsouth,7\r\nnorth,10.25\r\n\"north\",20.5\r\nnorth,?\r\n");
        stage.write("sales.jsonl", "{\"amount\":1.5,\"region\":\"north\"}\n{\"region\":\"north\"}\n");
        let mut client = stage.server.connect("u-1").await;

        let of_csv = carry_out(&mut client, "g-1", "generate_report", of("sales.csv")).await;
        let of_json_lines = carry_out(&mut client, "g-2", "generate_report", of("sales.jsonl")).await;

        assert_eq!(
            of_csv.last().unwrap()["result"],
            json!({
                "source": "sales.csv",
                "groups": [{ "group": "north", "rows": 2, "sum": 30.75 }, { "group": "south", "rows": 1, "sum": 7 }],
                "rows": 3,
                "sum": 37.75,
                "unreadable": { "rows": 1, "first": [{ "line": 5, "reason": "`amount` is no number" }] },
            })
        );
        assert_eq!(
            of_json_lines.last().unwrap()["result"],
            json!({
                "source": "sales.jsonl",
                "groups": [{ "group": "north", "rows": 1, "sum": 1.5 }],
                "rows": 1,
                "sum": 1.5,
                "unreadable": { "rows": 1, "first": [{ "line": 2, "reason": "`amount` is missing" }] },
            })
        );
    }

    #[tokio::test]
    async fn of_a_path_that_leads_out_is_refused_before_it_is_stored() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        for source in ["../sales.csv", "/etc/passwd.csv", "sales.txt"] {
            let messages = carry_out(&mut client, "g-1", "generate_report", of(source)).await;

            assert_eq!(messages.len(), 1, "{source}");
            assert_eq!(messages[0]["error"]["code"], "VALIDATION_ERROR", "{source}");
            assert_eq!(messages[0]["error"]["details"]["field"], "source", "{source}");
        }
        assert_eq!(stage.stores.requests().by_tenant("t-1").take(9).await.unwrap(), []);
    }

    #[tokio::test]
    async fn that_no_try_can_make_fails_at_the_first() {
        let stage = Stage::new().await;
        stage.write("other.csv", "a,b\n1,2\n");
        let groups: String = (0..10_001).map(|number| format!("g{number},1\n")).collect();
        stage.write("groups.csv", &format!("region,amount\n{groups}"));
        let mut client = stage.server.connect("u-1").await;

        for (id, source, code) in [
            ("g-1", "absent.csv", "NOT_FOUND"),
            ("g-2", "other.csv", "VALIDATION_ERROR"),
            ("g-3", "groups.csv", "TOO_LARGE"),
        ] {
            let messages = carry_out(&mut client, id, "generate_report", of(source)).await;

            assert_eq!(messages.last().unwrap()["error"]["code"], code, "{source}");
            let stored = stage.stored(id).await;
            assert_eq!((stored.status, stored.attempt), (RequestStatus::Failed, 1), "{source}");
        }
    }

    #[tokio::test]
    async fn of_as_many_groups_as_there_may_be_is_stored_and_told() {
        let stage = Stage::new().await;
        let groups: String = (0..10_000).map(|number| format!("g{number:04},0.{number:04}\n")).collect();
        stage.write("groups.csv", &format!("region,amount\n{groups}"));
        let mut client = stage.server.connect("u-1").await;

        let messages = carry_out(&mut client, "g-1", "generate_report", of("groups.csv")).await;

        let result = &messages.last().unwrap()["result"];
        assert_eq!(result["groups"].as_array().unwrap().len(), 10_000);
        assert_eq!(result["groups"][9_999], json!({ "group": "g9999", "rows": 1, "sum": 0.9999 }));
        assert_eq!(result["sum"], 4999.5);
        assert_eq!(stage.stored("g-1").await.result.unwrap().to_value(), *result);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn of_a_link_out_of_the_directory_is_forbidden() {
        let stage = Stage::new().await;
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.csv"), "region,amount\nnorth,1\n").unwrap();
        std::os::unix::fs::symlink(outside.path(), stage.data.path().join("out")).unwrap();
        let mut client = stage.server.connect("u-1").await;

        let messages = carry_out(&mut client, "g-1", "generate_report", of("out/secret.csv")).await;

        assert_eq!(messages.last().unwrap()["error"]["code"], "FORBIDDEN");
        assert_eq!(stage.stored("g-1").await.attempt, 1);
    }
}
