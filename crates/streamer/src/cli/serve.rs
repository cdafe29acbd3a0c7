//! `streamer serve`: runs the server.

use std::{net::SocketAddr, str::FromStr, time::Duration};

use clap::Args;
use dynamorm::embedded::Endpoint;
use hyper::Uri;
use streamer_store::PING_WRITE_INTERVAL;

use super::{
    announcement::Announcement, capacity::Capacity, client_limits::ClientLimitFlags, global::Global,
    listen_address::listen_address, loopback::is_loopback, monitoring::MonitoringFlags, output::Output,
    permission_flags::PermissionFlags, tls::TlsFiles, token_keys::TokenKeys, worker_flags::WorkerFlags,
};
use crate::{
    database::Held,
    error::Result,
    handler::Handlers,
    server::{Ownership, ReadyServer, Server, ServerConfig, bind},
    signal::stop_signal,
};

/// The shortest and the longest heartbeat interval that makes sense.
const HEARTBEAT_INTERVALS: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(100)..=Duration::from_secs(60 * 60);

/// Those of a server's own heartbeat, which the database keeps in seconds.
const PRESENCE_INTERVALS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(60 * 60);

/// Run the server.
///
/// Clients connect by WebSocket at `/ws` with a JSON Web Token (claims `sub`, `tenant_id` and `exp`): in
/// `Authorization: Bearer`, as `?token=`, or as subprotocol `bearer.<token>` beside `streamer.v1`. `GET /`
/// is a page to try it with. `GET /healthz` answers 200 while its store does and it does not stop, else 503: send clients
/// elsewhere then. `GET /livez` answers 200 as long as the process runs. SIGTERM, SIGINT and SIGHUP stop it: every
/// connection is closed with 1001 and removed, and the requests that it carries out have the time of `--grace` to end, the
/// rest is given back. All of that takes 25 seconds at most, or ten more than `--grace` where that is longer; then the
/// database is closed, which waits for a removal of expired items that is under way. A second signal ends it at once.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer serve
  streamer serve --listen 0.0.0.0:8080 --jwt-hs256-secret-file /run/secrets/jwt
  streamer serve --jwks /run/keys/jwks.json --jwt-issuer https://login.example.org
  STREAMER_LISTEN=127.0.0.1:0 streamer serve --json")]
pub(super) struct Serve {
    /// The address to listen on; port 0 takes a free one.
    #[arg(
        long,
        value_name = "ADDR",
        env = "STREAMER_LISTEN",
        hide_env_values = true,
        default_value = "127.0.0.1:8080",
        value_parser = listen_address
    )]
    listen: SocketAddr,
    #[command(flatten)]
    worker: WorkerFlags,
    #[command(flatten)]
    token_keys: TokenKeys,
    #[command(flatten)]
    permissions: PermissionFlags,
    #[command(flatten)]
    tls_files: TlsFiles,
    /// Where the embedded database speaks DynamoDB's HTTP protocol: `auto`, `off`, or a loopback address.
    ///
    /// `auto` takes a free port and answers only requests that are signed with the key in the database's lock
    /// file; the other commands use it while the server runs. An address takes any credentials.
    #[arg(
        long,
        value_name = "auto|off|ADDR",
        env = "STREAMER_DYNAMODB_LISTEN",
        hide_env_values = true,
        default_value = "auto"
    )]
    dynamodb_listen: DynamodbListen,
    /// How often clients are pinged; one that misses two is taken for gone.
    #[arg(
        long,
        value_name = "TIME",
        env = "STREAMER_HEARTBEAT_INTERVAL",
        hide_env_values = true,
        default_value = "30s",
        value_parser = heartbeat_interval
    )]
    heartbeat_interval: Duration,
    /// How often the server says to others of the same DynamoDB that it lives; whoever misses three is taken for dead,
    /// and its connections are removed.
    #[arg(
        long,
        value_name = "TIME",
        env = "STREAMER_PRESENCE_INTERVAL",
        hide_env_values = true,
        default_value = "10s",
        value_parser = presence_interval
    )]
    presence_interval: Duration,
    /// The WebSocket URL by which clients reach this server, kept with each connection: the address it listens on,
    /// unless something stands before it.
    #[arg(long, value_name = "URL", env = "STREAMER_ADVERTISE", hide_env_values = true, value_parser = web_socket_url)]
    advertise: Option<String>,
    /// How many connections the server holds at most; fewer where file descriptors are too few.
    #[arg(
        long,
        value_name = "N",
        env = "STREAMER_MAX_CONNECTIONS",
        hide_env_values = true,
        default_value_t = 10_000,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    max_connections: u32,
    #[command(flatten)]
    client_limits: ClientLimitFlags,
    #[command(flatten)]
    monitoring: MonitoringFlags,
}

/// Where the embedded database speaks DynamoDB's HTTP protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum DynamodbListen {
    Auto,
    Off,
    At(SocketAddr),
}

impl FromStr for DynamodbListen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "off" => Ok(Self::Off),
            _ => match text.parse::<SocketAddr>() {
                Ok(address) if is_loopback(address) => {
                    Ok(Self::At(SocketAddr::new(address.ip().to_canonical(), address.port())))
                }
                Ok(_) => Err("not a loopback address; this endpoint takes any credentials".to_owned()),
                Err(_) => Err("neither `auto`, `off` nor an address such as 127.0.0.1:8000".to_owned()),
            },
        }
    }
}

/// A server that is ready, and what it works on. Dropped in this order: the database goes last.
struct Started {
    server: ReadyServer,
    endpoint: Option<Endpoint>,
    _database: Held,
}

impl Serve {
    pub(super) async fn run(self, global: &Global, output: &Output, handlers: Handlers) -> Result<()> {
        let stop = stop_signal()?;
        // To start can take a while: what a dead server left is removed first.
        let Some(started) = stop.run_until_cancelled(self.start(global, output, handlers)).await else {
            return Ok(());
        };
        let Started { server, endpoint, _database } = started?;
        let served = server.run(stop.cancelled_owned()).await;
        if let Some(endpoint) = endpoint {
            endpoint.shut_down().await;
        }
        served
    }

    /// Gets everything ready and announces it.
    async fn start(&self, global: &Global, output: &Output, handlers: Handlers) -> Result<Started> {
        let verification = self.token_keys.verification(self.listen)?;
        let tls = self.tls_files.tls()?;
        let is_secure = tls.is_some();
        let handlers = self.worker.handlers(handlers)?;
        let required_permissions = self.permissions.required();
        required_permissions.check(&handlers)?;
        // The address comes before the database: a server that cannot listen leaves no trace.
        let listener = bind(self.listen).await?;
        let metrics_listener = self.monitoring.listener().await?;
        let database = Held::open(&global.db).await?;
        let endpoint = match self.dynamodb_listen {
            DynamodbListen::Auto => database.serve_endpoint(None).await?,
            DynamodbListen::At(address) => database.serve_endpoint(Some(address)).await?,
            DynamodbListen::Off => None,
        };
        let stores = global.stores_of_queue(database.db().clone()).await?;
        let capacity = Capacity::of_this_process(self.max_connections);
        let config = ServerConfig {
            verifier: verification.verifier,
            tls,
            heartbeat_interval: self.heartbeat_interval,
            max_connections: capacity.connections as usize,
            client_limits: self.client_limits.limits(),
            required_permissions,
            max_http_connections: capacity.http_connections as usize,
            renewal_interval: PING_WRITE_INTERVAL,
            advertised_url: self.advertise.clone(),
            ownership: if database.is_exclusive() {
                Ownership::Exclusive
            } else {
                Ownership::Shared { heartbeat: self.presence_interval }
            },
            worker: self.worker.options(),
        };
        let mut server = Server::new(stores).config(config).handlers(handlers);
        if let Some(listener) = metrics_listener {
            server = server.metrics_listener(listener);
        }
        let server = server.start(listener).await?;
        let dynamodb = endpoint.as_ref().map(Endpoint::address);
        let lock_file = database.lock_file().filter(|_| self.dynamodb_listen == DynamodbListen::Auto);
        let token = verification.token.as_ref();
        let (address, metrics_url) = (server.address(), server.metrics_url());
        Announcement { address, is_secure, dynamodb, lock_file, metrics_url, token }.print(output)?;
        Ok(Started { server, endpoint, _database: database })
    }
}

fn heartbeat_interval(text: &str) -> Result<Duration, String> {
    let interval = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if HEARTBEAT_INTERVALS.contains(&interval) {
        Ok(interval)
    } else {
        Err("it has to be between 100ms and 1h".to_owned())
    }
}

fn presence_interval(text: &str) -> Result<Duration, String> {
    let interval = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if PRESENCE_INTERVALS.contains(&interval) && interval.subsec_nanos() == 0 {
        Ok(interval)
    } else {
        Err("it has to be whole seconds between 1s and 1h".to_owned())
    }
}

fn web_socket_url(text: &str) -> Result<String, String> {
    let is_web_socket = text.parse::<Uri>().is_ok_and(|url| {
        matches!(url.scheme_str(), Some("ws" | "wss"))
            && url.authority().is_some_and(|at| !at.as_str().contains('@'))
    });
    if is_web_socket { Ok(text.to_owned()) } else { Err("not a URL such as wss://example.org/ws".to_owned()) }
}
