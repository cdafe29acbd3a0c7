//! Attempts at requests of a queue in memory, for tests of handlers.

use std::time::Duration;

use streamer_store::{
    AsyncRequest, DEFAULT_LEASE, Json, Lease, RequestKey, RequestQueue, StoreFactory, Submission,
};

use crate::handler::{Cancellation, Checkpoint, Context, Reported};

/// A request that a worker holds.
pub(super) struct Attempt {
    pub(super) context: Context,
    pub(super) reported: Reported,
    pub(super) cancellation: Cancellation,
    queue: RequestQueue,
    key: RequestKey,
    lease: Lease,
}

impl Attempt {
    /// The first attempt at a request of a queue of its own.
    pub(super) async fn first() -> Self {
        let stores = StoreFactory::connect("memory:").unwrap();
        stores.ensure_tables().await.unwrap();
        let queue = stores.requests();
        let submission = Submission::new("t-1", "u-1", "test").id("r-1");
        let request = queue.enqueue(submission).await.unwrap().request;
        Self::of(queue, request.request_key()).await
    }

    /// The next one, after this one was given back with a checkpoint.
    pub(super) async fn next(self, checkpoint: &str) -> Self {
        self.queue.save_checkpoint(&self.lease, Json::parse(checkpoint).unwrap()).await.unwrap();
        self.queue.release(&self.lease).await.unwrap();
        Self::of(self.queue, self.key).await
    }

    async fn of(queue: RequestQueue, key: RequestKey) -> Self {
        let claimed = queue.claim(&key, "w-1", DEFAULT_LEASE).await.unwrap();
        let cancellation = Cancellation::new();
        let checkpoint = Checkpoint::of_claimed(queue.clone(), &claimed);
        let (context, reported) =
            Context::of_claimed(&claimed, checkpoint, Duration::from_secs(60), cancellation.clone());
        Self { context, reported, cancellation, queue, key, lease: claimed.lease }
    }

    /// The request as it is stored.
    pub(super) async fn stored(&self) -> AsyncRequest {
        self.queue.get_consistent(&self.key).await.unwrap()
    }
}
