//! What a dequeue costs beside requests that have ended.

use std::path::Path;

use anyhow::{Context as _, ensure};
use dynamorm::testing::Recording;
use dynamorm_bench::latency::{Latencies, Latency};
use serde::{Deserialize, Serialize};
use streamer_store::{DEFAULT_LEASE, RequestQueue, StoreFactory};

use crate::{calls::BACKLOG, engine::Engine, sample};

/// Over so many dequeues what is read is averaged: each begins with a random shard.
const COUNTED: usize = 32;

/// What a dequeue costs on one table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dequeues {
    /// Where nothing is due.
    pub nothing_due: Latency,
    /// Of one of [`BACKLOG`] that are due.
    pub one_of_many: Latency,
    /// What such a one reads, where that is counted.
    #[serde(default)]
    pub read: Option<Read>,
}

/// What a dequeue reads, on average.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// Requests to the engine, that of the claim among them.
    pub requests: f64,
    /// Items that the queries scanned.
    pub scanned: f64,
    /// Capacity units.
    pub units: f64,
    /// Bytes of the answers.
    pub bytes: f64,
}

/// Measures dequeues on the file at `path`, in which nothing is open. Leaves nothing open behind.
///
/// One file a process: two engines in one have threads that take each other's place on a processor.
///
/// # Errors
/// The first that a call gives.
pub async fn measure(path: &Path, repetitions: usize) -> anyhow::Result<Dequeues> {
    let stores = Engine::File(path.to_owned()).stores().await?;
    let (queue, mut latencies) = (stores.requests(), Latencies::default());
    for _ in 0..repetitions {
        let claimed = latencies.time("nothing due", queue.dequeue(1, "w-1", DEFAULT_LEASE)).await?;
        ensure!(claimed.is_empty(), "a table in which all has ended gives a request");
    }
    for _ in 0..BACKLOG {
        queue.enqueue(sample::submission()?).await?;
    }
    for _ in 0..repetitions {
        let claimed = latencies.time("one of many", queue.dequeue(1, "w-1", DEFAULT_LEASE)).await?;
        replace(&queue, claimed).await?;
    }
    let read = Some(read(&stores).await?);
    for request in queue.dequeue(BACKLOG, "w-1", DEFAULT_LEASE).await? {
        queue.complete(&request.lease, sample::result()?).await?;
    }
    let latencies = <[Latency; 2]>::try_from(latencies.summary()).ok();
    let [nothing_due, one_of_many] = latencies.context("give at least one repetition")?;
    Ok(Dequeues { nothing_due, one_of_many, read })
}

/// Completes what was claimed and enqueues as many: the backlog stays as it is.
async fn replace(queue: &RequestQueue, claimed: Vec<streamer_store::Claimed>) -> anyhow::Result<()> {
    ensure!(claimed.len() == 1, "of many that are due none is given");
    for request in claimed {
        queue.complete(&request.lease, sample::result()?).await?;
        queue.enqueue(sample::submission()?).await?;
    }
    Ok(())
}

/// What dequeues of one read. Counted apart: to count takes time.
async fn read(stores: &StoreFactory) -> anyhow::Result<Read> {
    let (db, recording) = Recording::under(stores.db().clone());
    let queue = StoreFactory::from_db(db).requests();
    let mut calls = Vec::new();
    for _ in 0..COUNTED {
        recording.take();
        let claimed = queue.dequeue(1, "w-1", DEFAULT_LEASE).await?;
        calls.extend(recording.take());
        replace(&queue, claimed).await?;
    }
    let each = |total: f64| total / COUNTED as f64;
    let sum = |of: &dyn Fn(&dynamorm::testing::RecordedCall) -> f64| each(calls.iter().map(of).sum());
    Ok(Read {
        requests: each(calls.len() as f64),
        scanned: sum(&|call| call.scanned.unwrap_or_default() as f64),
        units: sum(&|call| call.capacity.unwrap_or_default()),
        bytes: sum(&|call| call.answer_bytes as f64),
    })
}
