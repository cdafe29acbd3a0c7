//! A request queue on DynamoDB Local that several processes work on.

use std::time::Duration;

use aws_credential_types::Credentials;
use dynamorm::{Db, aws};
use dynamorm_conformance::provided;
use streamer_store::{AsyncRequest, RequestKey, RequestStatus, StoreFactory};
use uuid::Uuid;

use super::{
    client::Client,
    process::Server,
    running::until,
    token::{claims, signed},
};

/// How servers and workers are started: what a killed one held is claimed by another after five seconds.
const LEASE: [&str; 2] = ["--lease", "3s"];

/// The user and the tenant of every request here.
pub const USER: &str = "ann";
pub const TENANT: &str = "t-1";

/// Tables of one test's own, and the stores over them.
pub struct Queue {
    pub db: String,
    pub stores: StoreFactory,
}

impl Queue {
    /// `None` where there is no DynamoDB Local, which is said.
    pub async fn new() -> Option<Self> {
        let endpoint = provided("DYNAMORM_DYNAMODB_LOCAL")?;
        let prefix = format!("{}_", Uuid::new_v4().simple());
        // Those of the processes: DynamoDB Local keeps a database for each access key.
        let credentials = Credentials::from_keys("streamer", "secret", None);
        let config = aws::config().region("eu-west-1").endpoint_url(&endpoint);
        let config = config.credentials_provider(credentials).load().await;
        let db = Db::aws(&config).unwrap().with_table_prefix(prefix.as_str());
        // A single shard: to look for work in each of sixteen is most of what so many processes would do here.
        let stores = StoreFactory::from_db(db).with_shards(1);
        stores.ensure_tables().await.unwrap();
        Some(Self { db: format!("dynamodb://eu-west-1?endpoint={endpoint}&prefix={prefix}"), stores })
    }

    /// Starts a server that carries so many requests out at a time.
    pub fn serve(&self, concurrency: &str) -> Server {
        let flags = ["--db", &self.db, "--presence-interval", "1s", "--concurrency", concurrency];
        Server::start_with(&[&flags[..], &LEASE].concat())
    }

    /// Starts a worker without clients.
    pub fn work(&self, concurrency: &str) -> Server {
        Server::start_worker(&self.db, &[&["--concurrency", concurrency][..], &LEASE].concat())
    }

    pub async fn stored(&self, id: &str) -> AsyncRequest {
        self.stores.requests().get_consistent(&RequestKey::new(TENANT, id)).await.unwrap()
    }

    /// Whether a request is stored.
    pub async fn has_stored(&self, id: &str) -> bool {
        self.stores.requests().get_consistent(&RequestKey::new(TENANT, id)).await.is_ok()
    }

    /// How many requests a worker of this name carries out.
    pub async fn held_by(&self, worker: &str) -> usize {
        let requests = self.stores.requests().by_tenant(TENANT).take(1000).await.unwrap();
        let is_held = |request: &&AsyncRequest| {
            request.status == RequestStatus::Processing && request.worker.as_deref() == Some(worker)
        };
        requests.iter().filter(is_held).count()
    }

    /// Waits until a request has this status.
    pub async fn has(&self, id: &str, status: RequestStatus) {
        until(async || self.stored(id).await.status == status).await;
    }

    /// Returns the id by which a server knows itself: the one that stores this connection, and the name of its worker.
    pub async fn server_of(&self, client: &mut Client) -> String {
        let id = client.connection_id().await;
        self.stores.connections().get_consistent(&id).await.unwrap().server_id.unwrap()
    }
}

/// Connects the user of the requests.
pub async fn connect(server: &Server) -> Client {
    Client::connect(server.address(), &signed(&claims(USER, TENANT))).await
}

/// Waits so long at most for what takes longer than anything else in a test.
pub async fn within<T>(limit: Duration, what: impl Future<Output = T>) -> T {
    tokio::time::timeout(limit, what).await.expect("it to come in time")
}
