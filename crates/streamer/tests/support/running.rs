//! A server in the test's own process, on a database that the test can look into.

use std::time::Duration;

use streamer::{
    auth::{Secret, TokenVerifier},
    metrics::Metrics,
    server::{Ownership, Server, ServerConfig, bind},
};
use streamer_store::{Connection, StoreFactory};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{
    PATIENCE,
    client::Client,
    token::{SECRET, claims, signed},
};

/// A server that runs until it is stopped.
pub struct Running {
    pub address: String,
    pub metrics: Metrics,
    stop: CancellationToken,
    pub task: JoinHandle<()>,
}

impl Running {
    pub async fn start(stores: &StoreFactory, ownership: Ownership) -> Self {
        Self::start_on(stores, ownership, Duration::from_secs(1), |server| server).await
    }

    /// With all that `set_up` adds to the server. It pings seldom: a client of the tests answers only while it reads.
    pub async fn start_with(
        stores: &StoreFactory,
        ownership: Ownership,
        set_up: impl FnOnce(Server) -> Server,
    ) -> Self {
        Self::start_on(stores, ownership, Duration::from_secs(30), set_up).await
    }

    async fn start_on(
        stores: &StoreFactory,
        ownership: Ownership,
        heartbeat_interval: Duration,
        set_up: impl FnOnce(Server) -> Server,
    ) -> Self {
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let config = ServerConfig { heartbeat_interval, ..config(ownership) };
        let server = set_up(Server::new(stores.clone()).config(config)).start(listener).await.unwrap();
        let metrics = server.metrics().clone();
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        Self { address, metrics, stop, task: tokio::spawn(async move { server.run(stopped).await.unwrap() }) }
    }

    /// Asks the server to stop, and does not wait.
    pub fn begin_to_stop(&self) {
        self.stop.cancel();
    }

    pub async fn connect(&self, user: &str) -> Client {
        Client::connect(&self.address, &signed(&claims(user, "t-1"))).await
    }

    pub async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.task).await.unwrap().unwrap();
    }
}

/// How the tests' servers treat their clients, unless a test says otherwise.
pub fn config(ownership: Ownership) -> ServerConfig {
    ServerConfig {
        heartbeat_interval: Duration::from_secs(1),
        max_connections: 100,
        // A second: `ttl` holds whole ones.
        renewal_interval: Duration::from_secs(1),
        ownership,
        ..ServerConfig::new(TokenVerifier::hs256(&Secret::new(SECRET.into()).unwrap()))
    }
}

/// The connections of the tenant that the tests use.
pub async fn listed(stores: &StoreFactory) -> Vec<Connection> {
    stores.connections().list_by_tenant("t-1").take(100).await.unwrap()
}

/// Polls until it holds, which it has to in time.
pub async fn until(mut holds: impl AsyncFnMut() -> bool) {
    let reached = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, reached).await.expect("it to come true");
}
