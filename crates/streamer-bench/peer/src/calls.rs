//! What single calls take, one after the other, under the names that the stores' have.
//!
//! A worker makes them behind its back; here they are made by the crate's own queries, each in a transaction, as it does.

use anyhow::{Context as _, ensure};
use apalis::prelude::WorkerContext;
use apalis::prelude::{FetchById as _, Status, Task, TaskSink as _};
use apalis_sqlite::{SqlitePool, SqliteStorage, queries};
use dynamorm_bench::latency::{Latencies, Latency};
use serde_json::Value;

use crate::storage::{self, Sample};

/// How many tasks wait while the calls are made.
pub(crate) const BACKLOG: usize = 200;

/// One worker, and who gives it work.
pub(crate) struct Caller<'a> {
    pool: &'a SqlitePool,
    storage: SqliteStorage<Value>,
    worker: WorkerContext,
    sample: &'a Sample,
}

pub(crate) async fn measure(
    pool: &SqlitePool,
    repetitions: usize,
    sample: &Sample,
) -> anyhow::Result<Vec<Latency>> {
    let mut caller = Caller::new(pool, sample).await?;
    let mut latencies = Latencies::default();
    for _ in 0..repetitions {
        ensure!(latencies.time("dequeue, nothing due", caller.fetch()).await?.is_empty());
    }
    for _ in 0..repetitions {
        caller.push().await?;
        let task = latencies.time("dequeue, one due", caller.fetch()).await?.pop();
        caller.end(&task.context("nothing is due")?, Status::Done).await?;
    }
    for _ in 0..BACKLOG {
        caller.push().await?;
    }
    for _ in 0..repetitions / 8 {
        caller.life(&mut Latencies::default()).await?;
    }
    for _ in 0..repetitions {
        caller.life(&mut latencies).await?;
    }
    Ok(latencies.summary())
}

impl<'a> Caller<'a> {
    /// Registers the worker.
    pub(crate) async fn new(pool: &'a SqlitePool, sample: &'a Sample) -> anyhow::Result<Self> {
        // A name of its own: one that was registered a moment ago is refused.
        let worker = WorkerContext::new(&format!("w-{}", std::process::id()));
        queries::register_worker(pool, &storage::config(1), &worker, "SqliteStorage").await?;
        Ok(Self { pool, storage: storage::storage(pool, 1), worker, sample })
    }

    /// A task that comes and one that goes: the backlog stays as it is.
    async fn life(&mut self, latencies: &mut Latencies) -> anyhow::Result<()> {
        latencies.time("enqueue", self.push()).await?;
        let task = latencies.time("dequeue, 200 due", self.fetch()).await?.pop().context("nothing is due")?;
        latencies.time("heartbeat", self.keep_alive()).await?;
        let id = task.task_id().context("a task has no id")?;
        let stored = latencies.time("get", self.storage.fetch_by_id(id)).await?;
        ensure!(stored.is_some(), "a task is gone");
        latencies.time("complete", self.end(&task, Status::Done)).await?;

        self.push().await?;
        let task = self.fetch().await?.pop().context("nothing is due")?;
        latencies.time("retry", self.end(&task, Status::Failed)).await?;
        // It is due again at once, and would stay at the head.
        let task = self.fetch().await?.pop().context("nothing is due")?;
        self.end(&task, Status::Done).await
    }

    pub(crate) async fn push(&mut self) -> anyhow::Result<()> {
        Ok(self.storage.push(self.sample.payload.clone()).await?)
    }

    /// Claims a task: it is queued for this worker then, and no other is given it.
    pub(crate) async fn fetch(&self) -> anyhow::Result<Vec<Task<Vec<u8>>>> {
        let mut transaction = self.pool.begin().await?;
        let tasks = queries::fetch_next(&mut *transaction, &storage::config(1), &self.worker).await?;
        transaction.commit().await?;
        Ok(tasks)
    }

    /// Says that the worker lives: with it, all that it holds.
    async fn keep_alive(&self) -> anyhow::Result<()> {
        let mut transaction = self.pool.begin().await?;
        queries::keep_alive(&mut *transaction, &storage::config(1), &self.worker).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Ends a task, or has it tried again: `Failed` is what is fetched anew while there are attempts left.
    pub(crate) async fn end(&self, task: &Task<Vec<u8>>, status: Status) -> anyhow::Result<()> {
        let result = match status {
            Status::Done => Ok(self.sample.result.clone()),
            _ => Err("no luck".to_owned()),
        };
        let task_id = task.task_id().context("a task has no id")?.clone();
        let payload = queries::AckPayload { task_id, attempt: task.attempt() + 1, status, result };
        let mut transaction = self.pool.begin().await?;
        let ended = queries::ack_tasks(&mut *transaction, &[&payload], self.worker.name()).await?;
        transaction.commit().await?;
        ensure!(ended == 1, "a task that is held could not be ended");
        Ok(())
    }
}
