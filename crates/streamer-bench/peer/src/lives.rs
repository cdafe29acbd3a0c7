//! How many tasks a second go from their push to their end, by workers as the crate's users have them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{anyhow, ensure};
use apalis::prelude::{BoxDynError, TaskSink as _, WorkerBuilder, WorkerError};
use apalis_sqlite::SqlitePool;
use serde_json::Value;
use tokio::{sync::watch, task::JoinSet};

use crate::storage::{self, Sample};

/// How many a worker fetches together unless told otherwise.
const TOGETHER: usize = 10;

/// No run takes longer; a worker that is never woken would wait for ever.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) async fn per_second(
    pool: &SqlitePool,
    lives: usize,
    workers: usize,
    sample: &Sample,
) -> anyhow::Result<f64> {
    let began = Instant::now();
    let mut producers = JoinSet::new();
    for worker in 0..workers {
        let (mut storage, payload) = (storage::storage(pool, TOGETHER), sample.payload.clone());
        let share = (worker..lives).step_by(workers).count();
        producers.spawn(async move {
            for _ in 0..share {
                storage.push(payload.clone()).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = producers.join_next().await {
        ended??;
    }
    tokio::time::timeout(PATIENCE, work(pool, lives, workers, sample)).await??;
    let took = began.elapsed();
    let (done,): (i64,) =
        sqlx::query_as("SELECT count(*) FROM Jobs WHERE status = 'Done'").fetch_one(pool).await?;
    ensure!(usize::try_from(done)? == lives, "of {lives} tasks {done} are done");
    Ok(lives as f64 / took.as_secs_f64())
}

/// Runs workers until `lives` tasks were handled, and what they have to write is written.
async fn work(pool: &SqlitePool, lives: usize, workers: usize, sample: &Sample) -> anyhow::Result<()> {
    let (sender, is_done) = watch::channel(false);
    let (handled, sender) = (Arc::new(AtomicUsize::new(0)), Arc::new(sender));
    let mut running = JoinSet::new();
    for worker in 0..workers {
        let (handled, sender, result) = (Arc::clone(&handled), Arc::clone(&sender), sample.result.clone());
        let handle = move |_payload: Value| {
            let (handled, sender, result) = (Arc::clone(&handled), Arc::clone(&sender), result.clone());
            async move {
                if handled.fetch_add(1, Ordering::Relaxed) + 1 == lives {
                    sender.send_replace(true);
                }
                Ok::<Value, BoxDynError>(result)
            }
        };
        let built =
            WorkerBuilder::new(format!("w-{worker}")).backend(storage::storage(pool, TOGETHER)).build(handle);
        let mut is_done = is_done.clone();
        running.spawn(built.run_until(async move {
            // The sender lives as long as the workers.
            let _ = is_done.wait_for(|is_done| *is_done).await;
            Ok::<(), WorkerError>(())
        }));
    }
    while let Some(ended) = running.join_next().await {
        ended?.map_err(|error| anyhow!("a worker fails: {error}"))?;
    }
    Ok(())
}
