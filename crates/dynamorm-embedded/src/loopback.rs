use std::{
    error::Error as StdError,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use dynamorm_core::transport::{
    BoxFuture, Capabilities, Repeat, Request, Response, Transport, TransportError, TransportErrorKind,
};
use http_body_util::{BodyExt as _, Full};
use hyper::{client::conn::http1, header::HOST};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, runtime::Handle, time::timeout};

use crate::{
    embedded::CAPABILITIES,
    error::{Error, ErrorKind},
    holder::Holder,
    signature,
};

const CONNECT_PATIENCE: Duration = Duration::from_secs(2);
const ANSWER_PATIENCE: Duration = Duration::from_secs(60);

/// How many connections are kept open for the next request.
const MAX_IDLE: usize = 16;

/// A connection that was idle for longer is not used again. The endpoint closes one after 30 s, and a request that
/// crosses the closing is lost with an unknown outcome.
const MAX_IDLE_TIME: Duration = Duration::from_secs(15);

/// How many times a request is sent at most.
const MAX_ATTEMPTS: u32 = 2;

/// How many connections are tried for it at most: one that was closed meanwhile, one to a holder that has ended, one
/// to its successor, and one for the second attempt.
const MAX_CONNECTIONS: u32 = 4;

/// The transport to a database that another process of this machine has open, through that process's endpoint.
///
/// Needs a tokio runtime with I/O and time. Handles are cheap to clone and share their connections.
#[derive(Clone)]
pub struct Loopback {
    shared: Arc<Shared>,
}

struct Shared {
    database: PathBuf,
    holder: Mutex<Target>,
    idle: Mutex<Vec<Idle>>,
}

/// A connection that waits for a request.
struct Idle {
    address: SocketAddr,
    sender: Sender,
    since: Instant,
}

type Sender = http1::SendRequest<Full<Bytes>>;

/// The endpoint and the secret its requests are signed with.
#[derive(Clone, PartialEq, Eq)]
struct Target {
    address: SocketAddr,
    secret: Option<String>,
}

impl Loopback {
    /// Reads from the lock file which process has the database at `path` open, and where it serves it. Connects with
    /// the first request.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`] if that process serves no endpoint; [`ErrorKind::InvalidPath`] if nobody opened the
    /// database; [`ErrorKind::ReadOnly`] if the process belongs to another user.
    pub fn connect(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let target = Target::read(path)?;
        let shared = Shared { database: path.to_owned(), holder: Mutex::new(target), idle: Mutex::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The address of the endpoint.
    pub fn address(&self) -> SocketAddr {
        self.target().address
    }

    fn target(&self) -> Target {
        self.shared.holder.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks the holder up again, since the process may have been started anew, and tells whether it is another.
    async fn refresh(&self, target: &Target) -> bool {
        let database = self.shared.database.clone();
        // Reading the lock file waits for a holder that is about to write it.
        let Ok(Ok(found)) = tokio::task::spawn_blocking(move || Target::read(&database)).await else {
            return false;
        };
        let is_another = found != *target;
        *self.shared.holder.lock().unwrap_or_else(PoisonError::into_inner) = found;
        is_another
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        if Handle::try_current().is_err() {
            let message = "the database is open in another process, and calling it needs a tokio runtime";
            return Err(TransportError::new(TransportErrorKind::Unavailable, message));
        }
        let mut attempts = 0;
        let mut cause: Box<dyn StdError + Send + Sync> = "no connection".into();
        for _ in 0..MAX_CONNECTIONS {
            let target = self.target();
            let mut sender = match self.sender(target.address).await {
                Ok(sender) => sender,
                Err(error) => {
                    cause = error;
                    if self.refresh(&target).await {
                        continue;
                    }
                    break;
                }
            };
            let signed = target.sign(&request)?;
            match timeout(ANSWER_PATIENCE, converse(&mut sender, signed)).await {
                Ok(Ok((status, body))) => {
                    attempts += 1;
                    self.keep(target.address, sender);
                    return match status {
                        200 => Ok(Response { body, attempts }),
                        _ => Err(TransportError::from_answer(status, body, attempts)),
                    };
                }
                Ok(Err(Lost { unsent: true, source })) => cause = source.into(),
                Ok(Err(Lost { unsent: false, source })) => {
                    attempts += 1;
                    cause = source.into();
                    if request.repeat == Repeat::Unsafe || attempts >= MAX_ATTEMPTS {
                        break;
                    }
                }
                Err(_) => {
                    let message = "the process that has the database open did not answer within 60 s";
                    return Err(
                        TransportError::new(TransportErrorKind::Timeout, message).with_attempts(attempts + 1)
                    );
                }
            }
        }
        let address = self.address();
        let message = match attempts {
            0 => format!("the process that has the database open cannot be reached at `{address}`"),
            _ => format!("the connection to `{address}` was lost before the answer"),
        };
        Err(TransportError::new(TransportErrorKind::Unavailable, message)
            .with_source(cause)
            .with_attempts(attempts))
    }

    /// A connection that waits for a request, or a new one.
    async fn sender(&self, address: SocketAddr) -> Result<Sender, Box<dyn StdError + Send + Sync>> {
        loop {
            let Some(mut idle) = self.idle().pop() else { break };
            let is_usable = idle.address == address && idle.since.elapsed() < MAX_IDLE_TIME;
            if is_usable && idle.sender.ready().await.is_ok() {
                return Ok(idle.sender);
            }
        }
        let stream = timeout(CONNECT_PATIENCE, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to the process that has the database open ended early");
            }
        });
        Ok(sender)
    }

    fn keep(&self, address: SocketAddr, sender: Sender) {
        let mut idle = self.idle();
        if idle.len() < MAX_IDLE && !sender.is_closed() {
            idle.push(Idle { address, sender, since: Instant::now() });
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Loopback {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(self.exchange(request))
    }

    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }
}

impl fmt::Debug for Loopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loopback").field("address", &self.address()).finish_non_exhaustive()
    }
}

impl Target {
    fn read(database: &Path) -> Result<Self, Error> {
        let holder = Holder::read(database)?;
        match holder {
            Some(Holder { endpoint: Some(address), secret, .. }) => Ok(Self { address, secret }),
            Some(holder) => {
                let message = format!(
                    "database `{}` is open in process {}, which serves no endpoint; try again when it has ended, or let it serve one",
                    database.display(),
                    holder.pid
                );
                Err(Error::new(ErrorKind::Locked { holder: Some(holder) }, message))
            }
            None => {
                let message = format!("no process has database `{}` open", database.display());
                Err(Error::new(ErrorKind::InvalidPath, message))
            }
        }
    }

    /// The HTTP request, signed unless the endpoint takes any.
    fn sign(&self, request: &Request) -> Result<hyper::Request<Full<Bytes>>, TransportError> {
        let unsendable = |source: Box<dyn StdError + Send + Sync>| {
            TransportError::new(TransportErrorKind::Validation, "the request cannot be sent")
                .with_source(source)
        };
        let host = self.address.to_string();
        let target = format!("DynamoDB_20120810.{}", request.operation);
        let plain = [
            (HOST.as_str(), host.as_str()),
            ("content-type", "application/x-amz-json-1.0"),
            ("x-amz-target", target.as_str()),
        ];
        let mut http = hyper::Request::post("/");
        for (name, value) in plain {
            http = http.header(name, value);
        }
        if let Some(secret) = &self.secret {
            let signature = signature::sign_now(&plain, &request.body, secret)
                .map_err(|_| unsendable("it cannot be signed".into()))?;
            for (name, value) in signature {
                http = http.header(name, value);
            }
        }
        http.body(Full::new(request.body.clone())).map_err(|source| unsendable(source.into()))
    }
}

/// A connection that ended before the answer.
struct Lost {
    /// No byte of the request can have reached the endpoint.
    unsent: bool,
    source: hyper::Error,
}

async fn converse(sender: &mut Sender, request: hyper::Request<Full<Bytes>>) -> Result<(u16, Bytes), Lost> {
    let answer = sender
        .try_send_request(request)
        .await
        .map_err(|mut error| Lost { unsent: error.take_message().is_some(), source: error.into_error() })?;
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.map_err(|source| Lost { unsent: false, source })?;
    Ok((status, body.to_bytes()))
}
