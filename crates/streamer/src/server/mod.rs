//! `streamer serve`: HTTP, the WebSocket upgrade, one connection's life, shutdown.
//!
//! ```
//! use streamer::{
//!     auth::{Secret, TokenVerifier},
//!     handler::{Context, Handler, HandlerError},
//!     server::{Server, ServerConfig, bind},
//! };
//! use streamer_store::StoreFactory;
//!
//! /// Says how long a text is.
//! struct Measure;
//!
//! impl Handler for Measure {
//!     type Payload = serde_json::Map<String, serde_json::Value>;
//!     type Output = serde_json::Value;
//!
//!     fn action(&self) -> &str {
//!         "measure"
//!     }
//!
//!     async fn handle(&self, payload: Self::Payload, _: &Context) -> Result<Self::Output, HandlerError> {
//!         Ok(serde_json::json!({ "members": payload.len() }))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = bind("127.0.0.1:0".parse()?).await?;
//! let server = Server::new(StoreFactory::connect("memory:")?)
//!     .config(ServerConfig::new(TokenVerifier::hs256(&Secret::generate()?)))
//!     .handler(Measure)
//!     .start(listener)
//!     .await?;
//! println!("http://{}", server.address());
//!
//! // Until the future completes; a program waits for a signal here.
//! server.run(async {}).await?;
//! # Ok(())
//! # }
//! ```

mod accept;
mod ending;
mod handshake;
mod health;
mod heartbeat;
mod json;
mod leftovers;
mod monitor;
mod page;
mod places;
mod presence;
mod refusal;
mod registration;
mod router;
mod serve;
mod shared;
mod socket;
mod tls;
mod upgrade;

use std::{
    net::SocketAddr,
    sync::{Arc, RwLock},
    time::Duration,
};

use streamer_store::{PING_WRITE_INTERVAL, ServerStore, StoreFactory};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use self::monitor::Monitor;
use self::{
    accept::Accept,
    monitor::is_shown_to_clients,
    places::Places,
    presence::{keep_present, new_server_id},
    shared::Shared,
};
pub use self::{places::ClientLimits, tls::Tls};
use crate::{
    action::{Action, Actions, RequiredPermissions},
    auth::TokenVerifier,
    delivery::Delivery,
    error::{Error, ErrorKind, Result},
    handler::{Handler, Handlers},
    metrics::Metrics,
    worker::{Wake, Worker, WorkerOptions},
};

/// How long the connections and the worker may take to end once the server stops. Less than the 30 seconds that
/// Kubernetes waits.
const SHUTDOWN_DEADLINE: Duration = Duration::from_secs(25);

/// What they have at least after the worker's grace: five seconds to give requests back, and some to spare.
const AFTER_GRACE: Duration = Duration::from_secs(10);

/// The shortest interval at which clients are pinged: a shorter one leaves them no time to answer.
pub(crate) const MIN_HEARTBEAT_INTERVAL: Duration = Duration::from_millis(100);

/// The shortest interval at which a server tells others that it lives: what tells them counts whole seconds.
pub(crate) const MIN_PRESENCE_INTERVAL: Duration = Duration::from_secs(1);

/// How a server treats its clients and its database.
#[derive(Debug)]
pub struct ServerConfig {
    /// Verifies the clients' tokens.
    pub verifier: TokenVerifier,
    /// What the server speaks TLS with; without it, HTTP and WebSocket are spoken in the clear.
    pub tls: Option<Tls>,
    /// How often a client is pinged: not zero.
    pub heartbeat_interval: Duration,
    /// How many connections the server holds at most.
    pub max_connections: usize,
    /// How many of them one user and one tenant may hold.
    pub client_limits: ClientLimits,
    /// The permissions that actions need besides those that their handlers ask for.
    pub required_permissions: RequiredPermissions,
    /// How many connections it takes besides that are no WebSocket, or not yet; further ones wait.
    pub max_http_connections: usize,
    /// How often a connection's item is renewed at most.
    pub renewal_interval: Duration,
    /// The URL by which clients reach the server, where that is not `ws://<address>/ws` or, with TLS, `wss://`; kept with each connection.
    pub advertised_url: Option<String>,
    /// Whether other servers work on the same database.
    pub ownership: Ownership,
    /// How it carries queued requests out; `None` leaves them to workers elsewhere.
    pub worker: Option<WorkerOptions>,
}

/// Whose connections the database holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ownership {
    /// Only this server's: what is there when it starts was left by a dead one.
    Exclusive,
    /// Several servers': each says at this interval that it lives.
    Shared {
        /// How often the server says so, not zero; after three without it counts as dead.
        heartbeat: Duration,
    },
}

impl ServerConfig {
    /// The settings that are usual: clients are pinged every 30 seconds, 10,000 connections, an item renewed once a
    /// minute, other servers on the same database, a worker for 16 requests at a time.
    pub fn new(verifier: TokenVerifier) -> Self {
        Self {
            verifier,
            tls: None,
            heartbeat_interval: Duration::from_secs(30),
            max_connections: 10_000,
            client_limits: ClientLimits::default(),
            required_permissions: RequiredPermissions::new(),
            max_http_connections: 1_000,
            renewal_interval: PING_WRITE_INTERVAL,
            advertised_url: None,
            ownership: Ownership::Shared { heartbeat: Duration::from_secs(10) },
            worker: Some(WorkerOptions::default()),
        }
    }

    /// Checks what can be told before anything is written.
    fn check(&self, handlers: &Handlers) -> Result<()> {
        if self.heartbeat_interval < MIN_HEARTBEAT_INTERVAL {
            return Err(Error::configuration(format!(
                "the heartbeat interval is {:?}; clients are pinged every {MIN_HEARTBEAT_INTERVAL:?} at most",
                self.heartbeat_interval
            )));
        }
        if let Ownership::Shared { heartbeat } = self.ownership
            && heartbeat < MIN_PRESENCE_INTERVAL
        {
            return Err(Error::configuration(format!(
                "the server's own heartbeat is {heartbeat:?}; it tells others every {MIN_PRESENCE_INTERVAL:?} at most that it lives"
            )));
        }
        if let Some(worker) = &self.worker {
            worker.check()?;
        }
        self.required_permissions.check(handlers)
    }
}

/// A server to be: its stores, its settings and what it can do for clients.
#[derive(Debug)]
#[must_use = "it does nothing before it is started"]
pub struct Server {
    stores: StoreFactory,
    config: Option<ServerConfig>,
    handlers: Handlers,
    metrics_listener: Option<TcpListener>,
    /// The first thing that was wrong with what it was given.
    problem: Option<Error>,
}

/// A server that has its address and a store without leftovers, and waits to be run.
#[derive(Debug)]
pub struct ReadyServer {
    listener: TcpListener,
    address: SocketAddr,
    metrics_listener: Option<TcpListener>,
    shared: Arc<Shared>,
    tls: Option<Arc<Tls>>,
    servers: ServerStore,
    ownership: Ownership,
    max_http_connections: usize,
    worker: Option<Worker>,
}

impl Server {
    /// A server over these stores.
    pub fn new(stores: StoreFactory) -> Self {
        Self { stores, config: None, handlers: Handlers::new(), metrics_listener: None, problem: None }
    }

    /// Says how it treats its clients and its database.
    pub fn config(mut self, config: ServerConfig) -> Self {
        self.config = Some(config);
        self
    }

    /// Adds what carries an action out; in place of what the action had.
    pub fn handler(mut self, handler: impl Handler) -> Self {
        let added = self.handlers.add(handler);
        self.problem = self.problem.or(added.err());
        self
    }

    /// Adds what carries several actions out.
    pub fn handlers(mut self, handlers: Handlers) -> Self {
        self.handlers.extend(handlers);
        self
    }

    /// Answers `/metrics`, `/healthz` and `/livez` at an address of its own, in the clear and to whoever asks. Without one,
    /// a server whose clients come from this machine alone answers `/metrics` where it answers them, and any other
    /// nowhere.
    pub fn metrics_listener(mut self, listener: TcpListener) -> Self {
        self.metrics_listener = Some(listener);
        self
    }

    /// Readies the server to take its clients from `listener`, and its store: makes missing tables, and removes what
    /// dead servers left.
    ///
    /// # Errors
    /// When the store does not do it, when the listener has no address, when nothing says how tokens are verified, for an
    /// action whose name is not free, and for a setting that cannot be used.
    pub async fn start(self, listener: TcpListener) -> Result<ReadyServer> {
        let Self { stores, config, handlers, metrics_listener, problem } = self;
        if let Some(problem) = problem {
            return Err(problem);
        }
        if let Some(taken) = handlers.actions().find(|action| Action::named(action).is_some()) {
            return Err(Error::configuration(format!("every server has an action `{taken}` already")));
        }
        let Some(config) = config else {
            return Err(Error::configuration(
                "the server has no configuration: who may connect is not known",
            ));
        };
        config.check(&handlers)?;
        let address = listener.local_addr().map_err(|error| {
            Error::new(ErrorKind::AddressUnusable, "the address to listen on is not known").caused_by(error)
        })?;
        let max_connections = config.max_connections.min(Semaphore::MAX_PERMITS);
        let is_unnamed = address.ip().is_unspecified() && config.advertised_url.is_none();
        if is_unnamed && config.ownership != Ownership::Exclusive {
            tracing::warn!(%address, "no client reaches this address from elsewhere; say by `--advertise` which URL does");
        }
        let scheme = if config.tls.is_some() { "wss" } else { "ws" };
        let server_id = new_server_id();
        let metrics = Metrics::new(Action::ALL.map(Action::name).into_iter().chain(handlers.actions()));
        let stores = stores.with_observer(Arc::new(metrics.clone()));
        let servers = stores.servers();
        ready(&stores, &server_id, config.ownership).await?;
        // Clients get cursors: in the clear they would show the keys of others.
        let stores = stores.with_sealed_cursors().await?;
        let delivery = Delivery::new(stores.requests(), stores.subscriptions(), metrics.clone());
        let worker = match config.worker {
            Some(options) => Some(
                Worker::new(stores.requests(), handlers.clone(), server_id.as_str(), options)?
                    .with_delivery(delivery.clone())
                    .with_metrics(metrics.clone()),
            ),
            None => None,
        };
        let actions = Actions {
            requests: stores.requests(),
            subscriptions: stores.subscriptions(),
            handlers,
            required_permissions: config.required_permissions,
            delivery,
            wake: worker.as_ref().map_or_else(Wake::default, Worker::wake),
            metrics: metrics.clone(),
        };
        let shutdown = CancellationToken::new();
        let monitor = Monitor::new(metrics, shutdown.clone());
        monitor.watch(&stores);
        let shared = Shared {
            verifier: config.verifier,
            heartbeat_interval: config.heartbeat_interval,
            renewal_interval: config.renewal_interval,
            max_connections,
            permits: Arc::new(Semaphore::new(max_connections)),
            places: Arc::new(Places::new(config.client_limits)),
            connections: stores.connections(),
            actions: Arc::new(actions),
            monitor: Arc::new(monitor),
            leftovers: Arc::default(),
            endpoint: config.advertised_url.unwrap_or_else(|| format!("{scheme}://{address}/ws")),
            server_id: RwLock::new(server_id),
            shutdown,
            tasks: TaskTracker::new(),
        };
        Ok(ReadyServer {
            listener,
            address,
            metrics_listener,
            shared: Arc::new(shared),
            tls: config.tls.map(Arc::new),
            servers,
            ownership: config.ownership,
            max_http_connections: config.max_http_connections.clamp(1, Semaphore::MAX_PERMITS),
            worker,
        })
    }
}

impl ReadyServer {
    /// Returns the address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns what the server counts.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.monitor.metrics
    }

    /// Returns the URL by which its metrics are scraped, if there is one.
    pub fn metrics_url(&self) -> Option<String> {
        match &self.metrics_listener {
            Some(listener) => listener.local_addr().ok().map(|address| format!("http://{address}/metrics")),
            None => self.answers_metrics_to_clients().then(|| {
                let scheme = if self.tls.is_some() { "https" } else { "http" };
                format!("{scheme}://{}/metrics", self.address)
            }),
        }
    }

    /// Whether `/metrics` is where clients connect: nobody but this machine reaches that.
    fn answers_metrics_to_clients(&self) -> bool {
        self.metrics_listener.is_none() && is_shown_to_clients(self.address)
    }

    /// Serves clients until `stop` completes, then closes every connection with 1001 and removes its item. What the worker
    /// holds is finished within its grace, or given back.
    ///
    /// # Errors
    /// [`ErrorKind::Failed`] when connections are left after 25 seconds, or ten more than the worker's grace where that is
    /// longer; their items stay behind.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<()> {
        let has_metrics = self.answers_metrics_to_clients();
        let Self { listener, address, metrics_listener, shared, tls, servers, ownership, .. } = self;
        let (max_http_connections, worker) = (self.max_http_connections, self.worker);
        tracing::info!(%address, "listening");
        let (shutdown, tasks) = (shared.shutdown.clone(), shared.tasks.clone());
        if let Ownership::Shared { heartbeat } = ownership {
            tasks.spawn(keep_present(Arc::clone(&shared), servers.clone(), heartbeat));
        }
        tasks.spawn(Arc::clone(&shared.leftovers).keep_removing(
            shared.connections.clone(),
            shared.heartbeat_interval,
            shutdown.clone(),
        ));
        tasks.spawn(shared.actions.delivery.clone().keep_catching_up(shutdown.clone()));
        tasks.spawn(shared.actions.delivery.clone().keep_finding_subscriptions(shutdown.clone()));
        let mut deadline = SHUTDOWN_DEADLINE;
        if let Some(worker) = worker {
            deadline = deadline.max(worker.grace().saturating_add(AFTER_GRACE));
            tasks.spawn(worker.run(shutdown.clone()));
        }
        // It goes on while the server stops, and says so.
        let unmonitored = CancellationToken::new();
        let _unmonitored = unmonitored.clone().drop_guard();
        let monitoring = metrics_listener
            .map(|listener| tokio::spawn(Arc::clone(&shared.monitor).serve(listener, unmonitored.clone())));
        let router = router::router(Arc::clone(&shared), has_metrics);
        let accept = Accept { router, tls, shutdown: shutdown.clone(), tasks: tasks.clone() };
        let accepting = accept.run(listener, max_http_connections);
        let stopping = async {
            stop.await;
            shutdown.cancel();
        };
        tokio::join!(accepting, stopping);
        tasks.close();
        tokio::time::timeout(deadline, tasks.wait()).await.map_err(|_| {
            Error::new(ErrorKind::Failed, format!("{} tasks did not end within {deadline:?}", tasks.len()))
        })?;
        unmonitored.cancel();
        if let Some(monitoring) = monitoring {
            // It ends within a second of its own, and holds nothing.
            let _ = monitoring.await;
        }
        if let Ownership::Shared { .. } = ownership {
            servers.withdraw(&shared.server_id()).await?;
        }
        Ok(())
    }
}

/// Readies the store for a server of this id.
async fn ready(stores: &StoreFactory, server_id: &str, ownership: Ownership) -> Result<()> {
    stores.ensure_tables().await?;
    let connections = stores.connections();
    match ownership {
        Ownership::Exclusive => {
            let removal = connections.delete_all().await?;
            if let Some(failure) = removal.failed.into_iter().next() {
                return Err(Error::from(failure.error));
            }
            if removal.removed > 0 {
                tracing::info!(connections = removal.removed, "removed what a dead server left");
            }
        }
        Ownership::Shared { heartbeat } => stores.servers().announce(server_id, heartbeat).await?,
    }
    Ok(())
}

/// Binds the address to listen on.
///
/// # Errors
/// [`ErrorKind::AddressUnusable`] when it is taken or is not this machine's.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    bind_named(address, "--listen").await
}

/// Binds an address that this flag of the command line names.
pub(crate) async fn bind_named(address: SocketAddr, flag: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(
            ErrorKind::AddressUnusable,
            format!("cannot listen on {address}; choose another address with `{flag}`"),
        )
        .caused_by(error)
    })
}
