//! What clients hear, whichever server they are on and whichever process dies: several of them on one database.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use streamer_store::{EventType, RequestKey, RequestStatus, Subscription};
use support::{
    client::Client,
    database::Database,
    process::{self, Server},
    queue::{Queue, TENANT, USER, connect, within},
    running::until,
};

/// How long the end of a request takes that was begun by a process that was killed: its lease, two seconds for clocks
/// that differ, another's look for work, and the work once more.
const TAKEN_OVER: Duration = Duration::from_secs(25);

fn count(id: &str, to: u32, delay_ms: u32) -> Value {
    json!({ "id": id, "action": "count", "payload": { "to": to, "delay_ms": delay_ms } })
}

/// Submits a count that is acknowledged.
async fn submit(client: &mut Client, message: Value) {
    let answer = client.ask(message).await;
    assert_eq!(answer["type"], "acknowledgment", "{answer}");
}

fn is_complete(messages: &[Value]) -> bool {
    messages.last().is_some_and(|end| end["type"] == "complete")
}

mod a_request {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_once_for_all_who_wait_though_the_server_that_carries_it_out_is_killed() {
        let Some(queue) = Queue::new().await else { return };
        let (a, b, c) = (queue.serve("0"), queue.serve("4"), queue.serve("4"));
        let (mut on_a, mut on_b, mut on_c) = (connect(&a).await, connect(&b).await, connect(&c).await);
        let server_b = queue.server_of(&mut on_b).await;
        submit(&mut on_a, count("r-1", 40, 100)).await;
        for client in [&mut on_b, &mut on_c] {
            assert_eq!(client.subscribe("r-1").await["type"], "response");
        }
        on_a.hears_progress("r-1", 10).await;

        let worker = queue.stored("r-1").await.worker.unwrap();
        let mut survivor = if worker == server_b {
            b.kill();
            on_c
        } else {
            c.kill();
            on_b
        };
        let (by_submitter, by_subscriber) =
            within(TAKEN_OVER, async { tokio::join!(on_a.hears("r-1"), survivor.hears("r-1")) }).await;

        assert!(is_complete(&by_submitter) && is_complete(&by_subscriber));
        let stored = queue.stored("r-1").await;
        assert_eq!((stored.status, stored.attempt), (RequestStatus::Completed, 2));
        assert_ne!(stored.worker.unwrap(), worker);
        tokio::join!(on_a.hears_nothing_more(), survivor.hears_nothing_more());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_is_cancelled_on_one_server_ends_on_another_and_stops_on_a_third() {
        let Some(queue) = Queue::new().await else { return };
        let (a, b, _worker) = (queue.serve("0"), queue.serve("0"), queue.serve("1"));
        let (mut on_a, mut on_b) = (connect(&a).await, connect(&b).await);
        submit(&mut on_a, count("r-1", 100, 5000)).await;
        queue.has("r-1", RequestStatus::Processing).await;
        submit(&mut on_a, count("r-2", 1, 0)).await;

        let cancel = json!({ "id": "c", "action": "cancel", "payload": { "request_id": "r-1" } });
        let answer = on_b.ask(cancel).await;
        let end = on_a.hears("r-1").await.pop().unwrap();

        assert_eq!(answer["data"]["status"], "CANCELLED");
        assert_eq!(end["error"]["code"], "CANCELLED");
        // The worker has one place, which is free once it has heard.
        assert!(is_complete(&on_a.hears("r-2").await));
        assert_eq!(queue.stored("r-1").await.status, RequestStatus::Cancelled);
        on_a.hears_nothing_more().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_heard_of_on_another_server_what_is_stored_first() {
        let Some(queue) = Queue::new().await else { return };
        let (a, b, c) = (queue.serve("4"), queue.serve("0"), queue.serve("0"));
        let mut on_a = connect(&a).await;
        submit(&mut on_a, count("r-1", 40, 100)).await;
        on_a.hears_progress("r-1", 20).await;
        drop(on_a);
        let (mut on_b, mut on_c) = (connect(&b).await, connect(&c).await);

        let answer = on_b.subscribe("r-1").await;
        let messages = on_b.hears("r-1").await;
        let answer_after_the_end = on_c.subscribe("r-1").await;
        let after_the_end = on_c.hears("r-1").await;

        assert_eq!(answer["data"]["status"], "PROCESSING");
        assert!(answer["data"]["percentage"].as_u64().unwrap() >= 20, "{answer}");
        assert_eq!(messages[0]["percentage"], answer["data"]["percentage"]);
        assert!(messages.len() > 1 && is_complete(&messages), "{messages:?}");
        assert_eq!(answer_after_the_end["data"]["status"], "COMPLETED");
        assert!(after_the_end.len() == 1 && is_complete(&after_the_end), "{after_the_end:?}");
        tokio::join!(on_b.hears_nothing_more(), on_c.hears_nothing_more());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_heard_on_a_server_where_something_else_subscribes_a_connection() {
        let Some(queue) = Queue::new().await else { return };
        let (a, b) = (queue.serve("4"), queue.serve("0"));
        let (mut on_a, mut on_b) = (connect(&a).await, connect(&b).await);
        submit(&mut on_a, count("r-1", 30, 100)).await;
        let subscriptions = queue.stores.subscriptions();
        let (connection, key) = (on_b.connection_id().await, RequestKey::new(TENANT, "r-1"));
        let subscription = Subscription::new(connection, &key, USER, [EventType::All], subscriptions.now());

        subscriptions.subscribe_checked(&subscription).await.unwrap();
        let messages = on_b.hears("r-1").await;

        assert!(messages.len() > 1 && is_complete(&messages), "{messages:?}");
        until(async || subscriptions.by_request(key.clone()).take(9).await.unwrap().is_empty()).await;
        on_b.hears_nothing_more().await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whose_end_was_written_and_not_told_is_told_after_the_crash() {
        let Some(queue) = Queue::new().await else { return };
        let (a, b, c) = (queue.serve("4"), queue.serve("0"), queue.serve("0"));
        let (mut on_a, mut on_b) = (connect(&a).await, connect(&b).await);
        let message = count("r-1", 5, 100);
        submit(&mut on_a, message.clone()).await;
        on_b.subscribe("r-1").await;

        // What the server sent to its own client is not read: whether the end was told is not known there.
        queue.has("r-1", RequestStatus::Completed).await;
        a.kill();
        let mut again = connect(&c).await;
        submit(&mut again, message).await;
        let (by_subscriber, by_submitter) = tokio::join!(on_b.hears("r-1"), again.hears("r-1"));

        assert!(is_complete(&by_subscriber));
        assert!(by_submitter.len() == 1 && is_complete(&by_submitter), "{by_submitter:?}");
        assert_eq!(queue.stored("r-1").await.attempt, 1);
        tokio::join!(on_b.hears_nothing_more(), again.hears_nothing_more());
    }
}

mod many_requests {
    use super::*;

    const REQUESTS: usize = 30;

    #[tokio::test(flavor = "multi_thread")]
    async fn end_once_each_though_one_of_three_servers_is_killed_among_them() {
        let Some(queue) = Queue::new().await else { return };
        let (a, b, c) = (queue.serve("4"), queue.serve("4"), queue.serve("4"));
        let (mut on_a, mut on_b) = (connect(&a).await, connect(&b).await);
        let mut on_c = connect(&c).await;
        for number in 0..REQUESTS {
            on_a.send(count(&number.to_string(), 10, 100)).await;
        }
        until(async || queue.has_stored(&(REQUESTS - 1).to_string()).await).await;
        for number in 0..REQUESTS {
            let payload = json!({ "request_id": number.to_string() });
            on_b.send(json!({ "id": format!("s-{number}"), "action": "subscribe", "payload": payload }))
                .await;
        }
        // It works on some of them.
        let server_c = queue.server_of(&mut on_c).await;
        until(async || queue.held_by(&server_c).await > 0).await;

        c.kill();
        let (by_submitter, by_subscriber) =
            within(TAKEN_OVER, async { tokio::join!(on_a.hears_all(REQUESTS), on_b.hears_all(REQUESTS)) })
                .await;

        for number in 0..REQUESTS {
            let id = number.to_string();
            assert_eq!(by_submitter[&id][0]["type"], "acknowledgment", "{id}");
            assert_eq!(by_subscriber[&format!("s-{id}")].len(), 1, "{id}");
            assert!(is_complete(&by_submitter[&id]) && is_complete(&by_subscriber[&id]), "{id}");
        }
        tokio::join!(on_a.hears_nothing_more(), on_b.hears_nothing_more());
    }
}

mod a_worker_without_clients {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn carries_out_what_clients_of_servers_without_workers_submit() {
        let Some(queue) = Queue::new().await else { return };
        let (a, b, _worker) = (queue.serve("0"), queue.serve("0"), queue.work("4"));
        let (mut on_a, mut on_b) = (connect(&a).await, connect(&b).await);

        submit(&mut on_a, count("r-1", 20, 100)).await;
        on_b.subscribe("r-1").await;
        let (by_submitter, by_subscriber) = tokio::join!(on_a.hears("r-1"), on_b.hears("r-1"));

        // Nobody tells the servers: all of it is what they found in the store.
        assert!(by_submitter.len() > 1 && is_complete(&by_submitter), "{by_submitter:?}");
        assert!(is_complete(&by_subscriber));
        tokio::join!(on_a.hears_nothing_more(), on_b.hears_nothing_more());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_is_asked_to_stop_gives_back_what_it_holds_without_a_try() {
        let Some(queue) = Queue::new().await else { return };
        let (a, worker) = (queue.serve("0"), queue.work("4"));
        let mut on_a = connect(&a).await;
        submit(&mut on_a, count("r-1", 100, 5000)).await;
        queue.has("r-1", RequestStatus::Processing).await;

        worker.terminate();
        // It goes on for 15 seconds first.
        within(Duration::from_secs(25), async {
            while queue.stored("r-1").await.status == RequestStatus::Processing {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        })
        .await;

        let stored = queue.stored("r-1").await;
        assert_eq!((stored.status, stored.tries, stored.attempt), (RequestStatus::Pending, 0, 1));
        assert!(worker.finish().status.success());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_an_embedded_database_outlives_the_server_that_holds_it() {
        let database = Database::new();
        let server = serve_without_worker(&database);
        let worker = Server::start_worker(&database.db(), &["--lease", "3s"]);
        let mut client = connect(&server).await;
        submit(&mut client, count("r-1", 5, 50)).await;
        let before = client.hears("r-1").await;
        submit(&mut client, count("r-2", 40, 100)).await;
        client.hears_progress("r-2", 5).await;

        server.kill();
        let server = serve_without_worker(&database);
        let mut client = connect(&server).await;
        client.subscribe("r-2").await;
        let over_the_restart = within(TAKEN_OVER, client.hears("r-2")).await;
        submit(&mut client, count("r-3", 5, 50)).await;
        let after = client.hears("r-3").await;

        assert!(is_complete(&before) && is_complete(&over_the_restart) && is_complete(&after));
        client.hears_nothing_more().await;
        let name = worker.announcement()["worker"].as_str().unwrap();
        for id in ["r-1", "r-2", "r-3"] {
            let stored = process::json(&database.db(), &["requests", "get", id, "--tenant", "t-1"]);
            assert_eq!((&stored["status"], &stored["worker"]), (&json!("COMPLETED"), &json!(name)));
        }
    }

    fn serve_without_worker(database: &Database) -> Server {
        Server::start_with(&["--db", &database.db(), "--concurrency", "0"])
    }
}
