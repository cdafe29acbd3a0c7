//! `streamer serve`: HTTP, the WebSocket upgrade, one connection's life, shutdown.

mod accept;
mod ending;
mod handshake;
mod health;
mod heartbeat;
mod json;
mod page;
mod refusal;
mod registration;
mod router;
mod shared;
mod socket;
mod upgrade;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::shared::Shared;
use crate::auth::TokenVerifier;
use crate::error::{Error, ErrorKind, Result};

/// How long the server's connections may take to end once it stops.
const SHUTDOWN_DEADLINE: Duration = Duration::from_secs(10);

/// How a server treats its clients.
#[derive(Debug)]
pub struct ServerConfig {
    /// Verifies the clients' tokens.
    pub verifier: TokenVerifier,
    /// How often a client is pinged.
    pub heartbeat_interval: Duration,
    /// How many connections the server holds at most.
    pub max_connections: usize,
}

/// A server that has its address and its store, and waits to be run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
}

impl Server {
    /// Makes a server that takes its clients from `listener`.
    pub fn new(listener: TcpListener, config: ServerConfig) -> Self {
        let max_connections = config.max_connections.min(Semaphore::MAX_PERMITS);
        let shared = Shared {
            verifier: config.verifier,
            heartbeat_interval: config.heartbeat_interval,
            max_connections,
            permits: Arc::new(Semaphore::new(max_connections)),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        Self { listener, shared: Arc::new(shared) }
    }

    /// Serves clients until `stop` completes, then closes every connection with 1001 and removes its item.
    ///
    /// # Errors
    /// [`ErrorKind::Failed`] when connections are left after [`SHUTDOWN_DEADLINE`]; their items stay behind.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<()> {
        let Self { listener, shared } = self;
        let shutdown = shared.shutdown.clone();
        let tasks = shared.tasks.clone();
        let accepting = accept::accept(listener, router::router(shared), shutdown.clone(), tasks.clone());
        let stopping = async {
            stop.await;
            shutdown.cancel();
        };
        tokio::join!(accepting, stopping);
        tasks.close();
        tokio::time::timeout(SHUTDOWN_DEADLINE, tasks.wait()).await.map_err(|_| {
            Error::new(
                ErrorKind::Failed,
                format!("{} tasks did not end within {SHUTDOWN_DEADLINE:?}", tasks.len()),
            )
        })
    }
}

/// Binds the address to listen on.
///
/// # Errors
/// [`ErrorKind::AddressUnusable`] when it is taken or is not this machine's.
pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(
            ErrorKind::AddressUnusable,
            format!("cannot listen on {address}; choose another address with `--listen`"),
        )
        .caused_by(error)
    })
}
