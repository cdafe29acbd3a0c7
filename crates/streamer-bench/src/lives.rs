//! How many requests a second go from their enqueue to their end.

use std::time::Instant;

use anyhow::ensure;
use streamer_store::{DEFAULT_LEASE, RequestQueue, StoreFactory};
use tokio::task::JoinSet;

use crate::sample;

/// How many a worker dequeues together: what the peer's workers fetch together unless told otherwise.
pub const TOGETHER: usize = 10;

/// Lives a second: `workers` tasks enqueue `lives` requests, then as many dequeue and complete them until none is left.
///
/// # Errors
/// The first that a call gives.
pub async fn per_second(stores: &StoreFactory, lives: usize, workers: usize) -> anyhow::Result<f64> {
    ensure!(workers > 0 && lives >= workers, "give at least one worker, and a life for each");
    // What opens a connection and fills the caches is not counted.
    drain(stores.requests(), "warm-up").await?;
    let began = Instant::now();
    let mut producers = JoinSet::new();
    for worker in 0..workers {
        let queue = stores.requests();
        let share = (worker..lives).step_by(workers).count();
        producers.spawn(async move { enqueue(queue, share).await });
    }
    while let Some(ended) = producers.join_next().await {
        ended??;
    }
    let mut consumers = JoinSet::new();
    for worker in 0..workers {
        let queue = stores.requests();
        consumers.spawn(async move { drain(queue, &format!("w-{worker}")).await });
    }
    let mut completed = 0;
    while let Some(ended) = consumers.join_next().await {
        completed += ended??;
    }
    ensure!(completed == lives, "of {lives} requests {completed} were completed");
    Ok(lives as f64 / began.elapsed().as_secs_f64())
}

async fn enqueue(queue: RequestQueue, count: usize) -> anyhow::Result<()> {
    for _ in 0..count {
        queue.enqueue(sample::submission()?).await?;
    }
    Ok(())
}

/// Completes what is due until nothing is; says how many.
async fn drain(queue: RequestQueue, worker: &str) -> anyhow::Result<usize> {
    let mut completed = 0;
    loop {
        let claimed = queue.dequeue(TOGETHER, worker, DEFAULT_LEASE).await?;
        if claimed.is_empty() {
            return Ok(completed);
        }
        for request in claimed {
            queue.complete(&request.lease, sample::result()?).await?;
            completed += 1;
        }
    }
}
