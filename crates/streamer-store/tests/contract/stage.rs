use std::time::Duration;

use dynamorm::{
    Clock as _,
    testing::{Faults, Recording, TestClock},
};
use streamer_store::{
    AsyncRequest, Claimed, Error, ErrorKind, Json, RequestFailure, RequestKey, RequestQueue, RequestStatus,
    StoreFactory, Submission, Timestamp,
};

/// What a claim is shown on: stores over an empty database, and the clock that they go by.
pub(crate) struct Stage {
    pub(crate) stores: StoreFactory,
    pub(crate) clock: TestClock,
    /// What goes wrong between the stores and the engine: nothing until a claim says otherwise.
    pub(crate) faults: Faults,
    /// What the stores send.
    pub(crate) recording: Recording,
}

pub(crate) const LEASE: Duration = Duration::from_secs(30);

/// Longer than a lease and the clocks' difference.
pub(crate) const PAST_LEASE: Duration = Duration::from_secs(33);

impl Stage {
    pub(crate) fn queue(&self) -> RequestQueue {
        self.stores.requests()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A request that waits.
    pub(crate) async fn enqueued(&self, id: &str) -> RequestKey {
        self.queue().enqueue(submission(id)).await.unwrap().request.request_key()
    }

    /// A request that `worker` holds.
    pub(crate) async fn claimed(&self, id: &str, worker: &str) -> Claimed {
        let key = self.enqueued(id).await;
        self.queue().claim(&key, worker, LEASE).await.unwrap()
    }

    /// A request that ended with a result.
    pub(crate) async fn completed(&self, id: &str) -> RequestKey {
        let claimed = self.claimed(id, "w-1").await;
        self.queue().complete(&claimed.lease, json(r#"{"done":true}"#)).await.unwrap();
        claimed.lease.key().clone()
    }

    pub(crate) async fn stored(&self, key: &RequestKey) -> AsyncRequest {
        self.queue().get_consistent(key).await.unwrap()
    }

    pub(crate) async fn status(&self, key: &RequestKey) -> RequestStatus {
        self.stored(key).await.status
    }
}

pub(crate) fn key(id: &str) -> RequestKey {
    RequestKey::new("acme", id)
}

pub(crate) fn submission(id: &str) -> Submission {
    Submission::new("acme", "ann", "count").id(id).payload(json(r#"{"to":3}"#))
}

pub(crate) fn json(text: &str) -> Json {
    Json::parse(text).unwrap()
}

pub(crate) fn failure() -> RequestFailure {
    RequestFailure::new("PROCESSING_FAILED", "no luck")
}

/// The kind of the error of a call that must be refused.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorKind {
    match result {
        Ok(value) => panic!("it was not refused: {value:?}"),
        Err(error) => error.kind().clone(),
    }
}
