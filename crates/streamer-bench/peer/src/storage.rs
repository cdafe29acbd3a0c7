//! The peer's database, as durable as the embedded engine's.

use std::time::Duration;

use anyhow::ensure;
use apalis_sqlite::{Config, SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteStorage};
use serde_json::Value;
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

/// The name of the queue.
pub(crate) const QUEUE: &str = "render";

/// What a task is to be done with, and what comes of it.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) payload: Value,
    pub(crate) result: Value,
}

impl Sample {
    pub(crate) fn parse(payload: &str, result: &str) -> anyhow::Result<Self> {
        Ok(Self { payload: serde_json::from_str(payload)?, result: serde_json::from_str(result)? })
    }
}

/// The peer's tables in the file at `path`, in a pool of one connection: with more of them, SQLite's writers wait for
/// each other in naps.
///
/// The embedded engine has a write-ahead log and `synchronous=FULL`, so that a write is on the disk when it is answered.
/// The peer's own `setup` turns that off (`synchronous=OFF`), for the connection that runs it: it has one of its own, and
/// the connections that are measured are set as the engine's.
pub(crate) async fn open(path: &str) -> anyhow::Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5));
    let setup = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    SqliteStorage::setup(&setup).await?;
    setup.close().await;
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let (synchronous,): (i64,) = sqlx::query_as("PRAGMA synchronous").fetch_one(&pool).await?;
    let (journal,): (String,) = sqlx::query_as("PRAGMA journal_mode").fetch_one(&pool).await?;
    ensure!((synchronous, journal.as_str()) == (2, "wal"), "the peer is not as durable as the engine");
    Ok(pool)
}

/// The queue as a worker has it, fetching up to `together` tasks at once.
pub(crate) fn storage(pool: &SqlitePool, together: usize) -> SqliteStorage<Value> {
    SqliteStorage::new(pool).with_config(config(together))
}

pub(crate) fn config(together: usize) -> Config {
    Config::default().queue(QUEUE).batch_size(together)
}
