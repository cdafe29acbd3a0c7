//! Streamer's stores: connections, the request queue, and subscriptions.
//!
//! A [`StoreFactory`] hands them out, from a [`Db`], a database's text or the environment. What each
//! operation promises holds on every engine.
//!
//! ```
//! use streamer_store::{Connection, StoreFactory};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), streamer_store::Error> {
//! let stores = StoreFactory::connect("memory:")?;
//! stores.ensure_tables().await?;
//!
//! let connections = stores.connections();
//! let connection = Connection::new("c-1", "ann", "acme", "ws://127.0.0.1:8080/ws", connections.now());
//! connections.create(&connection).await?;
//!
//! let page = connections.list_by_user("ann").page().await?;
//! assert_eq!(page.items[0].connection_id, "c-1");
//! # Ok(())
//! # }
//! ```

mod connection;
mod error;
mod factory;
mod id;
mod random;
mod request;
mod server;
mod setting;
mod subscription;
mod tables;

pub use connection::{
    Connection, ConnectionList, ConnectionStore, Disconnected, PING_WRITE_INTERVAL, PingOutcome, Removal,
    RemovalFailure, TIME_TO_LIVE,
};
pub use dynamorm::{
    Cursor, Db, ItemStream, Timestamp,
    table::{Drift, DriftReport, Migration, MigrationStep, Remedy},
    verb::{Page, TableState},
};
pub use error::{Error, ErrorKind};
pub use factory::{DEFAULT_DATABASE, DEFAULT_TABLE_PREFIX, StoreFactory, Table};
pub use request::{
    AsyncRequest, Claimed, DEFAULT_LEASE, DEFAULT_MAX_RETRIES, DEFAULT_SHARDS, ENDED_TIME_TO_LIVE, Enqueued,
    Json, Lease, MAX_CLOCK_SKEW, MAX_REQUEST_ID_CHARACTERS, MAX_SHARDS, NotAnObject, Priority, Progress,
    QueueStats, RequestFailure, RequestKey, RequestList, RequestProgress, RequestQueue, RequestStatus,
    RequestsRead, Retried, ShardStats, StatsReading, StatusList, StatusPage, Submission,
};
pub use server::{MISSED_HEARTBEATS, ServerPresence, ServerStore};
pub use subscription::{
    EventType, SUBSCRIPTION_TIME_TO_LIVE, Subscription, SubscriptionList, SubscriptionStore,
    UnsubscribeFailure, Unsubscribed,
};
pub use tables::MigrateTables;
