//! The load itself.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt as _, stream};
use serde_json::value::RawValue;
use streamer_client::{Client, ClientBuilder, Error as ClientError};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until, timeout_at},
};

use super::{super::server_address::failed, latencies::Latencies};
use crate::error::Result;

/// How many connections are opened at the same time.
const OPENED_TOGETHER: usize = 64;

/// What is to be done.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) connections: usize,
    /// Between two submissions, of all connections.
    pub(super) pause: Duration,
    pub(super) requests: u64,
    pub(super) drain: Duration,
    pub(super) action: String,
    pub(super) payload: Box<RawValue>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Loaded {
    /// From the first submission to the last end.
    pub(super) took: Duration,
    pub(super) completed: u64,
    /// How often each kind of error ended one.
    pub(super) errors: BTreeMap<String, u64>,
    pub(super) acknowledgment: Latencies,
    pub(super) first_progress: Latencies,
    pub(super) end: Latencies,
}

/// What came of one request; each latency from the moment at which it was to be submitted.
#[derive(Debug, Default)]
struct One {
    acknowledgment: Option<Duration>,
    first_progress: Option<Duration>,
    end: Option<Duration>,
    error: Option<ClientError>,
}

impl Plan {
    /// Connects, submits, and waits for the ends.
    pub(super) async fn run(&self, builder: impl Fn() -> Result<ClientBuilder>) -> Result<Loaded> {
        let clients = self.connect(builder).await?;
        let mut under_way = JoinSet::new();
        let mut loaded = Loaded {
            took: Duration::ZERO,
            completed: 0,
            errors: BTreeMap::new(),
            acknowledgment: Latencies::new(),
            first_progress: Latencies::new(),
            end: Latencies::new(),
        };
        let start = Instant::now();
        let mut due = start;
        for (_, client) in (0..self.requests).zip(clients.iter().cycle()) {
            sleep_until(due).await;
            under_way.spawn(one(client.clone(), self.action.clone(), self.payload.clone(), due));
            while let Some(done) = under_way.try_join_next() {
                loaded.note(done.ok(), start.elapsed());
            }
            due += self.pause;
        }
        let deadline = Instant::now() + self.drain;
        while let Ok(Some(done)) = timeout_at(deadline, under_way.join_next()).await {
            loaded.note(done.ok(), start.elapsed());
        }
        under_way.shutdown().await;
        stream::iter(clients).for_each_concurrent(OPENED_TOGETHER, Client::close).await;
        Ok(loaded)
    }

    async fn connect(&self, builder: impl Fn() -> Result<ClientBuilder>) -> Result<Vec<Client>> {
        let builders: Vec<_> = (0..self.connections).map(|_| builder()).collect::<Result<_>>()?;
        let mut connecting =
            stream::iter(builders).map(ClientBuilder::connect).buffer_unordered(OPENED_TOGETHER);
        let mut clients = Vec::with_capacity(self.connections);
        while let Some(client) = connecting.next().await {
            clients.push(client.map_err(failed)?);
        }
        Ok(clients)
    }
}

impl Loaded {
    /// Notes what came of one; `None` of one that broke off.
    fn note(&mut self, one: Option<One>, now: Duration) {
        self.took = now;
        let Some(one) = one else {
            *self.errors.entry("BrokeOff".to_owned()).or_default() += 1;
            return;
        };
        let record = |into: &mut Latencies, latency: Option<Duration>| {
            if let Some(latency) = latency {
                into.record(latency);
            }
        };
        record(&mut self.acknowledgment, one.acknowledgment);
        record(&mut self.first_progress, one.first_progress);
        record(&mut self.end, one.end);
        match one.error {
            None => self.completed += 1,
            Some(error) => *self.errors.entry(format!("{:?}", error.kind())).or_default() += 1,
        }
    }
}

/// Submits a request and follows it to its end.
async fn one(client: Client, action: String, payload: Box<RawValue>, due: Instant) -> One {
    let mut one = One::default();
    let request = match client.submit(&action, &payload).await {
        Ok(request) => request,
        Err(error) => return One { error: Some(error), ..one },
    };
    one.acknowledgment = Some(due.elapsed());
    if request.progress().next().await.is_some() {
        one.first_progress = Some(due.elapsed());
    }
    match request.result::<Box<RawValue>>().await {
        Ok(_) => one.end = Some(due.elapsed()),
        Err(error) => one.error = Some(error),
    }
    one
}
