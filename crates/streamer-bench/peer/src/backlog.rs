//! What a fetch costs beside tasks that are done.

use anyhow::{Context as _, ensure};
use apalis::prelude::Status;
use apalis_sqlite::SqlitePool;
use dynamorm_bench::latency::{Latencies, Latency};
use serde::Serialize;

use crate::{
    calls::{BACKLOG, Caller},
    storage::{QUEUE, Sample},
};

/// What a fetch costs on one table.
#[derive(Serialize)]
pub(crate) struct Dequeues {
    nothing_due: Latency,
    one_of_many: Latency,
}

/// Puts `count` tasks that are done into the peer's table.
pub(crate) async fn fill(pool: &SqlitePool, count: i64, payload: &str, result: &str) -> anyhow::Result<()> {
    let done = "WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ?1) \
        INSERT INTO Jobs (job, id, job_type, status, attempts, max_attempts, run_at, last_result, lock_at, done_at, \
        priority, metadata) \
        SELECT CAST(?2 AS BLOB), printf('ended-%08d', n), ?3, 'Done', 1, 25, strftime('%s', 'now') - n % 500000, \
        json_object('Ok', json(?4)), strftime('%s', 'now') - n % 500000, strftime('%s', 'now') - n % 500000, 0, '{}' \
        FROM number";
    let inserted = sqlx::query(done).bind(count).bind(payload).bind(QUEUE).bind(result).execute(pool).await?;
    ensure!(i64::try_from(inserted.rows_affected())? == count, "the table could not be filled");
    Ok(())
}

/// Measures fetches as `streamer-bench` measures dequeues. Leaves nothing open behind.
pub(crate) async fn measure(
    pool: &SqlitePool,
    repetitions: usize,
    sample: &Sample,
) -> anyhow::Result<Dequeues> {
    let (mut caller, mut latencies) = (Caller::new(pool, sample).await?, Latencies::default());
    for _ in 0..repetitions {
        let tasks = latencies.time("nothing due", caller.fetch()).await?;
        ensure!(tasks.is_empty(), "a table in which all is done gives a task");
    }
    for _ in 0..BACKLOG {
        caller.push().await?;
    }
    for _ in 0..repetitions {
        let task = latencies.time("one of many", caller.fetch()).await?.pop();
        caller.end(&task.context("nothing is due")?, Status::Done).await?;
        caller.push().await?;
    }
    while let Some(task) = caller.fetch().await?.pop() {
        caller.end(&task, Status::Done).await?;
    }
    let latencies = <[Latency; 2]>::try_from(latencies.summary()).ok();
    let [nothing_due, one_of_many] = latencies.context("give at least one repetition")?;
    Ok(Dequeues { nothing_due, one_of_many })
}
