//! What operations cost in requests and capacity units. Counts, which do not vary.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use dynamorm::testing::Recording;
use serde::{Deserialize, Serialize};
use streamer_store::{
    Connection, DEFAULT_LEASE, EventType, Progress, RequestFailure, StoreFactory, Subscription,
};

use crate::{
    calls::BACKLOG,
    sample::{self, TENANT, USER},
};

/// What an operation sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// The operation.
    pub operation: String,
    /// How many requests.
    pub requests: usize,
    /// The capacity units that they consumed, where the engine says so.
    pub units: Option<f64>,
}

/// The operations of a life: its cost is the sum of theirs.
pub const LIFE: [&str; 3] = ["enqueue", "claim", "complete"];

/// What each operation costs, in the order in which they are called.
///
/// # Errors
/// The first that a call gives.
pub async fn of_each_operation(stores: &StoreFactory) -> anyhow::Result<Vec<Cost>> {
    let (db, recording) = Recording::under(stores.db().clone());
    let stores = StoreFactory::from_db(db);
    let mut costs = Costs { recording, noted: Vec::new() };
    of_requests(&stores, &mut costs).await?;
    of_connections(&stores, &mut costs).await?;
    Ok(costs.noted)
}

async fn of_requests(stores: &StoreFactory, costs: &mut Costs) -> anyhow::Result<()> {
    let queue = stores.requests();
    costs.forget();
    let request = queue.enqueue(sample::submission()?).await?.request;
    costs.note("enqueue");
    let claimed = queue.claim(&request.request_key(), "w-1", DEFAULT_LEASE).await?;
    costs.note("claim");
    queue.heartbeat(&claimed.lease, DEFAULT_LEASE).await?;
    costs.note("heartbeat");
    let progress = Progress { percentage: 50, message: Some("half of it".to_owned()), details: None };
    queue.update_progress(&claimed.lease, progress).await?;
    costs.note("progress");
    queue.get(&request.request_key()).await?;
    costs.note("get");
    queue.complete(&claimed.lease, sample::result()?).await?;
    costs.note("complete");

    queue.dequeue(1, "w-1", DEFAULT_LEASE).await?;
    costs.note("dequeue, nothing due");
    for number in 0..BACKLOG {
        // Ids that are the same in every run: so all shards have some of them.
        queue.enqueue(sample::submission()?.id(format!("r-{number}"))).await?;
    }
    costs.forget();
    let claimed = queue.dequeue(1, "w-1", DEFAULT_LEASE).await?.pop().context("nothing is due")?;
    costs.note("dequeue, 200 due");
    let failure = RequestFailure::new("PROCESSING_FAILED", "no luck");
    queue.retry(&claimed, failure, Some(Duration::ZERO)).await?;
    costs.note("retry");
    queue.cancel(claimed.lease.key()).await?;
    costs.note("cancel");
    Ok(())
}

async fn of_connections(stores: &StoreFactory, costs: &mut Costs) -> anyhow::Result<()> {
    let (connections, subscriptions) = (stores.connections(), stores.subscriptions());
    let connection = Connection::new("c-1", USER, TENANT, "ws://127.0.0.1:8080/ws", connections.now());
    connections.create(&connection).await?;
    costs.note("connection: create");
    connections.update_last_ping("c-1").await?;
    costs.note("connection: ping");
    let request = streamer_store::RequestKey::new(TENANT, "r-1");
    let subscription = Subscription::new("c-1", &request, USER, [EventType::All], connections.now());
    subscriptions.subscribe(&subscription).await?;
    costs.note("subscription: subscribe");
    let gone = connections.disconnect("c-1").await?;
    costs.note("connection: disconnect");
    ensure!(gone.subscriptions.removed == 1, "a connection that ends keeps its subscription");
    Ok(())
}

/// The costs so far.
struct Costs {
    recording: Recording,
    noted: Vec<Cost>,
}

impl Costs {
    /// Counts what was sent since the last time as that of an operation.
    fn note(&mut self, operation: &str) {
        let calls = self.recording.take();
        self.noted.push(Cost {
            operation: operation.to_owned(),
            requests: calls.len(),
            units: calls.iter().map(|call| call.capacity).sum(),
        });
    }

    /// Counts what was sent since the last time as nothing's.
    fn forget(&self) {
        self.recording.take();
    }
}
