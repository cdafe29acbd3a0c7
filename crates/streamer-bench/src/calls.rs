//! What single calls take, one after the other.

use std::{future::Future, time::Duration};

use anyhow::{Context as _, ensure};
use dynamorm_bench::latency::{Latencies, Latency};
use streamer_store::{
    Claimed, Connection, DEFAULT_LEASE, EventType, Progress, RequestFailure, RequestQueue, StoreFactory,
    Subscription,
};

use crate::sample::{self, TENANT, USER};

/// How many requests wait while the calls are made: what a dequeue finds.
pub const BACKLOG: usize = 200;

/// Longer than any run, so that what is retried stays out of the way.
const FAR: Duration = Duration::from_secs(24 * 60 * 60);

/// What each operation takes, each called `repetitions` times.
///
/// # Errors
/// The first that a call gives.
pub async fn measure(stores: &StoreFactory, repetitions: usize) -> anyhow::Result<Vec<Latency>> {
    let mut latencies = Latencies::default();
    let queue = stores.requests();
    empty_queue(&queue, repetitions, &mut latencies).await?;
    for _ in 0..BACKLOG {
        queue.enqueue(sample::submission()?).await?;
    }
    // An eighth opens connections and fills caches.
    for _ in 0..repetitions / 8 {
        life(&queue, &mut Latencies::default()).await?;
    }
    for _ in 0..repetitions {
        life(&queue, &mut latencies).await?;
    }
    for number in 0..repetitions {
        connection(stores, number, &mut latencies).await?;
    }
    Ok(latencies.summary())
}

/// Dequeues where nothing waits, and where one request does.
async fn empty_queue(
    queue: &RequestQueue,
    repetitions: usize,
    latencies: &mut Latencies,
) -> anyhow::Result<()> {
    for _ in 0..repetitions {
        let claimed = latencies.time("dequeue, nothing due", dequeue_up_to_one(queue)).await?;
        ensure!(claimed.is_empty(), "a queue that is empty gives a request");
    }
    for _ in 0..repetitions {
        queue.enqueue(sample::submission()?).await?;
        let claimed = latencies.time("dequeue, one due", dequeue(queue)).await?;
        queue.complete(&claimed.lease, sample::result()?).await?;
    }
    Ok(())
}

/// Every operation of the queue, on three requests that come, and of which one is left: the backlog stays as it is.
async fn life(queue: &RequestQueue, latencies: &mut Latencies) -> anyhow::Result<()> {
    let first = latencies.time("enqueue", queue.enqueue(sample::submission()?)).await?;
    let claimed =
        latencies.time("claim", queue.claim(&first.request.request_key(), "w-1", DEFAULT_LEASE)).await?;
    latencies.time("heartbeat", queue.heartbeat(&claimed.lease, DEFAULT_LEASE)).await?;
    let progress = Progress { percentage: 50, message: Some("half of it".to_owned()), details: None };
    latencies.time("progress", queue.update_progress(&claimed.lease, progress)).await?;
    latencies.time("get", queue.get(claimed.lease.key())).await?;
    latencies.time("complete", queue.complete(&claimed.lease, sample::result()?)).await?;

    queue.enqueue(sample::submission()?).await?;
    let claimed = latencies.time("dequeue, 200 due", dequeue(queue)).await?;
    let failure = RequestFailure::new("PROCESSING_FAILED", "no luck");
    latencies.time("retry", queue.retry(&claimed, failure, Some(FAR))).await?;
    latencies.time("cancel", queue.cancel(claimed.lease.key())).await?;
    Ok(())
}

/// A connection that opens, is looked for, hears of a request, and closes.
async fn connection(stores: &StoreFactory, number: usize, latencies: &mut Latencies) -> anyhow::Result<()> {
    let (connections, subscriptions) = (stores.connections(), stores.subscriptions());
    let id = format!("c-{number}");
    let connection = Connection::new(&id, USER, TENANT, "ws://127.0.0.1:8080/ws", connections.now());
    latencies.time("connection: create", connections.create(&connection)).await?;
    latencies.time("connection: get", connections.get(&id)).await?;
    latencies.time("connection: ping", connections.update_last_ping(&id)).await?;
    latencies.time("connection: list by user", connections.list_by_user(USER).page()).await?;
    let request = streamer_store::RequestKey::new(TENANT, format!("r-{number}"));
    let subscription = Subscription::new(&id, &request, USER, [EventType::All], connections.now());
    latencies.time("subscription: subscribe", subscriptions.subscribe(&subscription)).await?;
    latencies.time("subscription: list by request", subscriptions.by_request(request).page()).await?;
    let gone = latencies.time("connection: disconnect", connections.disconnect(&id)).await?;
    ensure!(gone.subscriptions.removed == 1, "a connection that ends keeps its subscription");
    Ok(())
}

fn dequeue_up_to_one(
    queue: &RequestQueue,
) -> impl Future<Output = Result<Vec<Claimed>, streamer_store::Error>> {
    queue.dequeue(1, "w-1", DEFAULT_LEASE)
}

async fn dequeue(queue: &RequestQueue) -> anyhow::Result<Claimed> {
    dequeue_up_to_one(queue).await?.pop().context("nothing is due")
}
