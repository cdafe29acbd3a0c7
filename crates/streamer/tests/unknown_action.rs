//! A request whose action no worker has a handler for, by a clock that the test sets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use dynamorm::{Db, testing::TestClock};
use streamer::{
    handler::Handlers,
    worker::{Worker, WorkerOptions},
};
use streamer_store::{
    AsyncRequest, DEFAULT_LEASE, RequestKey, RequestQueue, RequestStatus, StoreFactory, Submission,
};
use support::running::until;
use tokio_util::sync::{CancellationToken, DropGuard};

/// For so long it is left to other workers.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// A worker that has no handler at all, and the one request of its queue.
struct Stage {
    clock: TestClock,
    requests: RequestQueue,
    _worker: Option<DropGuard>,
}

impl Stage {
    async fn new() -> Self {
        let stage = Self::without_worker().await;
        Self { _worker: Some(stage.work()), ..stage }
    }

    async fn without_worker() -> Self {
        let clock = TestClock::new();
        let stores = StoreFactory::from_db(Db::memory().unwrap().with_clock(clock.clone())).with_shards(1);
        stores.ensure_tables().await.unwrap();
        let requests = stores.requests();
        // Two tries: what used them up would fail the request.
        let submission = Submission::new("t-1", "u-1", "of another version").id("r-1").max_retries(1);
        requests.enqueue(submission).await.unwrap();
        Self { clock, requests, _worker: None }
    }

    /// Starts the worker.
    fn work(&self) -> DropGuard {
        let options = WorkerOptions { poll_interval: Duration::from_millis(50), ..WorkerOptions::default() };
        let worker = Worker::new(self.requests.clone(), Handlers::new(), "w-1", options).unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(worker.run(stop.clone()));
        stop.drop_guard()
    }

    fn key() -> RequestKey {
        RequestKey::new("t-1", "r-1")
    }

    async fn stored(&self) -> AsyncRequest {
        self.requests.get_consistent(&Self::key()).await.unwrap()
    }

    /// Waits until the request was claimed so often, and is open and nobody's again.
    async fn is_given_back(&self, attempt: u32) {
        until(async || {
            let stored = self.stored().await;
            assert!(stored.status.is_open(), "it ended with {:?}", stored.error);
            (stored.attempt, stored.status) == (attempt, RequestStatus::Pending)
        })
        .await;
    }

    /// Waits until the request has failed; returns by which code.
    async fn fails(&self) -> String {
        until(async || self.stored().await.status == RequestStatus::Failed).await;
        self.stored().await.error.unwrap().code
    }
}

mod request {
    use super::*;

    #[tokio::test]
    async fn is_left_to_others_for_an_hour_with_all_its_tries() {
        let stage = Stage::new().await;
        stage.is_given_back(1).await;

        stage.clock.advance(HOUR - Duration::from_secs(1));
        stage.is_given_back(2).await;

        assert_eq!(stage.stored().await.tries, 0);
    }

    #[tokio::test]
    async fn fails_after_an_hour() {
        let stage = Stage::new().await;
        stage.is_given_back(1).await;

        stage.clock.advance(HOUR);

        assert_eq!(stage.fails().await, "INVALID_ACTION");
        assert_eq!(stage.stored().await.attempt, 2);
    }

    #[tokio::test]
    async fn that_was_submitted_long_ago_has_its_hour_from_when_nobody_could() {
        let stage = Stage::without_worker().await;
        stage.clock.advance(3 * HOUR);

        let _worker = stage.work();
        stage.is_given_back(1).await;
        stage.clock.advance(HOUR - Duration::from_secs(1));
        stage.is_given_back(2).await;
    }

    #[tokio::test]
    async fn that_a_worker_with_its_handler_began_never_fails_for_want_of_one() {
        let stage = Stage::without_worker().await;
        // It dies in the middle of it.
        stage.requests.claim(&Stage::key(), "w-0", DEFAULT_LEASE).await.unwrap();
        stage.clock.advance(Duration::from_secs(60));

        let _worker = stage.work();
        for attempt in 2..5 {
            stage.is_given_back(attempt).await;
            stage.clock.advance(2 * HOUR);
        }
    }

    #[tokio::test]
    async fn is_soon_anothers_to_carry_out() {
        let stage = Stage::new().await;
        stage.is_given_back(1).await;

        let pause = stage.stored().await.visible_at.saturating_duration_since(stage.requests.now());

        assert!(pause <= Duration::from_secs(1), "{pause:?}");
    }

    #[tokio::test]
    async fn that_is_requeued_has_another_hour() {
        let stage = Stage::new().await;
        stage.is_given_back(1).await;
        stage.clock.advance(HOUR);
        stage.fails().await;
        stage.clock.advance(HOUR);

        stage.requests.requeue(&Stage::key()).await.unwrap();
        stage.is_given_back(3).await;
        stage.clock.advance(HOUR - Duration::from_secs(1));
        stage.is_given_back(4).await;
        // As long as it was given back for.
        stage.clock.advance(Duration::from_secs(30));

        assert_eq!(stage.fails().await, "INVALID_ACTION");
    }
}
