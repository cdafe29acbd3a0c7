//! DynamoDB's HTTP protocol over an embedded database, for other processes of this machine.

mod access;
mod answer;
mod connections;
mod handler;

use std::{
    fmt,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub use access::Access;

use crate::{
    embedded::Embedded,
    error::{Error, ErrorKind},
};

/// Where and to whom an endpoint is served.
#[derive(Clone, Debug)]
#[must_use]
pub struct EndpointOptions {
    address: SocketAddr,
    access: Option<Access>,
}

impl Default for EndpointOptions {
    /// A free port of `127.0.0.1`, with a secret of its own.
    fn default() -> Self {
        Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), access: None }
    }
}

impl EndpointOptions {
    /// Sets the address, which must be a loopback address; port 0 takes a free one.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets who may use the endpoint. By itself it makes a secret that stands in the lock file.
    pub fn access(mut self, access: Access) -> Self {
        self.access = Some(access);
        self
    }
}

/// An endpoint that is being served, until [`shut_down`](Self::shut_down) or the drop.
///
/// It holds a handle of the database. Dropping it stops it in the background: await `shut_down` where the database is
/// to be closed after it.
#[must_use = "the endpoint stops when this is dropped"]
pub struct Endpoint {
    address: SocketAddr,
    access: Access,
    stop: watch::Sender<bool>,
    task: Option<JoinHandle<()>>,
}

impl Endpoint {
    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The secret access key that its requests are signed with, unless it takes any.
    pub fn secret(&self) -> Option<&str> {
        self.access.secret()
    }

    /// Takes no more requests, answers those that run, for at most 10 s, and ends.
    pub async fn shut_down(mut self) {
        self.stop.send_replace(true);
        if let Some(task) = self.task.take() {
            // It only fails if its runtime is being shut down, which stops it as well.
            let _ = task.await;
        }
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Embedded {
    /// Serves the database over DynamoDB's HTTP protocol, to this machine only, and names the endpoint in the lock
    /// file, so that other processes of the same user find it.
    ///
    /// Needs a tokio runtime with I/O and time.
    ///
    /// # Errors
    /// [`ErrorKind::Endpoint`] if the address is not a loopback address or is taken, or the secret is empty; [`ErrorKind::Io`] if the lock
    /// file cannot be written.
    pub async fn serve_endpoint(&self, options: EndpointOptions) -> Result<Endpoint, Error> {
        let address = options.address;
        if !address.ip().is_loopback() {
            let message =
                format!("an endpoint is served to this machine only; `{address}` is not a loopback address");
            return Err(Error::new(ErrorKind::Endpoint, message));
        }
        let access = match options.access {
            Some(Access::Keyed { secret }) if secret.is_empty() => {
                return Err(Error::new(ErrorKind::Endpoint, "the secret of an endpoint must not be empty"));
            }
            Some(access) => access,
            None => Access::with_new_secret()?,
        };
        let failed = |source: std::io::Error| {
            Error::new(ErrorKind::Endpoint, format!("cannot serve an endpoint at `{address}`"))
                .with_source(source)
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let published = Published::new(self.clone(), address, &access)?;
        let handler = Arc::new(handler::Handler::new(self.clone(), address, access.clone()));
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            connections::serve(listener, handler, stopped).await;
            drop(published);
        });
        Ok(Endpoint { address, access, stop, task: Some(task) })
    }
}

/// The endpoint's name in the lock file, until it is dropped.
struct Published {
    engine: Embedded,
    address: SocketAddr,
}

impl Published {
    fn new(engine: Embedded, address: SocketAddr, access: &Access) -> Result<Self, Error> {
        if let Some(lock) = engine.lock() {
            lock.publish(address, access.secret().map(str::to_owned))?;
        }
        Ok(Self { engine, address })
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        if let Some(lock) = self.engine.lock()
            && let Err(error) = lock.withdraw(self.address)
        {
            tracing::warn!(%error, "the lock file still names an endpoint that has ended");
        }
    }
}
