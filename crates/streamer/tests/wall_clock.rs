//! A wall clock that is set back or forward while a server runs: what counts time goes on.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use dynamorm::{Db, Timestamp, testing::TestClock};
use serde_json::json;
use streamer::server::Ownership;
use streamer_store::{AsyncRequest, RequestKey, RequestStatus, StoreFactory};
use support::{
    handler::Gated,
    running::{Running, listed, until},
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A server whose clock the test sets.
struct Stage {
    clock: TestClock,
    stores: StoreFactory,
    server: Running,
    gated: Gated,
}

impl Stage {
    async fn new() -> Self {
        let clock = TestClock::new();
        let stores = StoreFactory::from_db(Db::memory().unwrap().with_clock(clock.clone())).with_shards(1);
        let gated = Gated::default();
        let handler = gated.clone();
        let server =
            Running::start_with(&stores, Ownership::Exclusive, |server| server.handler(handler)).await;
        Self { clock, stores, server, gated }
    }

    fn now(&self) -> Timestamp {
        self.stores.requests().now()
    }

    fn set_back(&self, by: Duration) {
        self.clock.set(self.now().checked_sub(by).unwrap());
    }

    async fn stored(&self, id: &str) -> AsyncRequest {
        self.stores.requests().get_consistent(&RequestKey::new("t-1", id)).await.unwrap()
    }
}

mod set_back {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn leaves_a_request_to_the_worker_that_holds_it() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        client.ask(json!({ "id": "r-1", "action": "gated" })).await;
        until(async || stage.gated.begun() == 1).await;
        let held_until = stage.stored("r-1").await.lease_until.unwrap();

        stage.set_back(HOUR);
        tokio::time::sleep(Duration::from_secs(2)).await;
        stage.gated.gate.add_permits(1);
        let end = client.hears("r-1").await.pop().unwrap();

        assert_eq!((&end["type"], &end["result"]["attempt"]), (&json!("complete"), &json!(1)));
        assert_eq!(stage.gated.begun(), 1);
        let stored = stage.stored("r-1").await;
        assert_eq!(stored.status, RequestStatus::Completed);
        assert!(stored.lease_until.unwrap() >= held_until, "a lease is never made shorter");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn lets_what_comes_after_it_be_carried_out() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        stage.gated.gate.add_permits(2);
        client.ask(json!({ "id": "before", "action": "gated" })).await;
        client.hears("before").await;

        stage.set_back(HOUR);
        client.ask(json!({ "id": "after", "action": "gated" })).await;
        let end = client.hears("after").await.pop().unwrap();

        assert_eq!(end["type"], "complete");
        assert!(stage.stored("after").await.created_at < stage.stored("before").await.created_at);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn keeps_connections_their_items_and_their_tokens() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        stage.set_back(2 * HOUR);
        for _ in 0..30 {
            assert_eq!(client.ask(json!({ "action": "ping" })).await["type"], "response");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }

        let connections = listed(&stage.stores).await;
        assert_eq!(connections.len(), 1);
        // A ping that is later than now is none: the next one is written, and the item lasts for a day from now.
        assert_eq!(connections[0].last_ping, stage.now());
        assert_eq!(connections[0].ttl.unwrap(), stage.now().saturating_add(24 * HOUR));
    }
}

mod set_forward {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_a_request_once_though_its_lease_seems_over() {
        let stage = Stage::new().await;
        let handler = stage.gated.clone();
        let second = Running::start_with(
            &stage.stores,
            Ownership::Shared { heartbeat: Duration::from_secs(1) },
            |server| server.handler(handler),
        )
        .await;
        let mut client = stage.server.connect("u-1").await;
        let mut on_second = second.connect("u-1").await;
        client.ask(json!({ "id": "r-1", "action": "gated" })).await;
        until(async || stage.gated.begun() == 1).await;
        on_second.subscribe("r-1").await;

        stage.clock.advance(HOUR);
        // Another attempt begins, beside the one whose worker does not know yet.
        until(async || stage.gated.begun() == 2).await;
        stage.gated.gate.add_permits(2);
        let (by_submitter, by_subscriber) = tokio::join!(client.hears("r-1"), on_second.hears("r-1"));

        let attempts =
            [&by_submitter, &by_subscriber].map(|heard| heard.last().unwrap()["result"]["attempt"].clone());
        assert_eq!(attempts, [json!(2), json!(2)], "{by_submitter:?}");
        assert_eq!(stage.stored("r-1").await.status, RequestStatus::Completed);
        tokio::join!(client.hears_nothing_more(), on_second.hears_nothing_more());
    }
}
