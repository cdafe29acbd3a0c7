//! What a dequeue costs beside requests that have ended.

use std::path::Path;

use anyhow::ensure;
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
    /// What such a one reads.
    pub read: Read,
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

/// Measures dequeues on the files at `paths` in turn, `repetitions` times, so that all meet the same machine.
///
/// # Errors
/// The first that a call gives.
pub async fn measure(paths: &[&Path], repetitions: usize) -> anyhow::Result<Vec<Dequeues>> {
    let mut tables = Vec::new();
    for path in paths {
        let stores = Engine::File(path.to_path_buf()).stores().await?;
        tables.push((stores, Latencies::default()));
    }
    for _ in 0..repetitions {
        for (stores, latencies) in &mut tables {
            let queue = stores.requests();
            let claimed = latencies.time("nothing due", queue.dequeue(1, "w-1", DEFAULT_LEASE)).await?;
            ensure!(claimed.is_empty(), "what has ended is given again");
        }
    }
    for (stores, _) in &tables {
        for _ in 0..BACKLOG {
            stores.requests().enqueue(sample::submission()?).await?;
        }
    }
    for _ in 0..repetitions {
        for (stores, latencies) in &mut tables {
            let queue = stores.requests();
            let claimed = latencies.time("one of many", queue.dequeue(1, "w-1", DEFAULT_LEASE)).await?;
            replace(&queue, claimed).await?;
        }
    }
    let mut measured = Vec::new();
    for (stores, latencies) in tables {
        let read = read(&stores).await?;
        if let Ok([nothing_due, one_of_many]) = <[Latency; 2]>::try_from(latencies.summary()) {
            measured.push(Dequeues { nothing_due, one_of_many, read });
        }
    }
    ensure!(measured.len() == paths.len(), "give at least one repetition");
    Ok(measured)
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
