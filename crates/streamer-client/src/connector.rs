//! How a connection is made: the token, the handshake, and the attempts after one was lost.

use std::time::Duration;

use tokio::{
    net::TcpStream,
    time::{Instant, sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{
        Error as SocketError,
        client::IntoClientRequest,
        error::{CapacityError, UrlError},
        handshake::client::{Request, Response},
        http::{
            HeaderValue, StatusCode,
            header::{AUTHORIZATION, RETRY_AFTER, SEC_WEBSOCKET_PROTOCOL},
        },
        protocol::WebSocketConfig,
    },
};

use crate::{
    address::Address,
    backoff,
    code::Code,
    error::{Error, ErrorKind, Result},
    failure::Failure,
    incoming::Incoming,
    settings::Settings,
    token::TokenSource,
};

/// The protocol's name, which a server that speaks it selects.
const SUBPROTOCOL: &str = "streamer.v1";

/// The buffers of one connection.
const BUFFER_BYTES: usize = 16 * 1024;

/// The longest pause that a server may ask for before the next attempt.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(30);

/// A connection that was longer than this was a good one: the pauses begin anew after it.
const GOOD_CONNECTION: Duration = backoff::LONGEST;

/// As if so many attempts had failed: a pause of 0.8 seconds at most.
const MOST_FAILURES_OF_AN_ANSWER: u32 = 3;

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Makes connections.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    pub(crate) address: Address,
    pub(crate) token: TokenSource,
    pub(crate) settings: Settings,
    #[cfg(feature = "rustls")]
    pub(crate) tls: crate::tls::Tls,
}

/// Why an attempt failed.
struct Failed {
    error: Error,
    /// Whether another attempt may succeed.
    may_pass: bool,
    retry_after: Option<Duration>,
}

impl Connector {
    /// Makes one attempt.
    pub(crate) async fn connect(&self) -> Result<Socket> {
        self.attempt().await.map_err(|failed| failed.error)
    }

    /// Tries until there is a connection, the time is up, or an attempt fails for good. `failures` are those in a row.
    pub(crate) async fn reconnect(&self, lost: Error, failures: &mut u32) -> Result<Socket> {
        let begin = Instant::now();
        let mut last = lost;
        let mut least_pause = Duration::ZERO;
        loop {
            let pause = backoff::pause(*failures).max(least_pause);
            if begin.elapsed() + pause >= self.settings.reconnect_within {
                let message = format!("the connection to `{}` was lost for good", self.address.as_str());
                return Err(Error::caused_by(ErrorKind::Connection, message, last));
            }
            sleep(pause).await;
            *failures = failures.saturating_add(1);
            match self.attempt().await {
                Ok(socket) => return Ok(socket),
                Err(failed) if !failed.may_pass => return Err(failed.error),
                Err(failed) => {
                    tracing::debug!(error = %failed.error, failures, "no connection yet");
                    last = failed.error;
                    least_pause = failed.retry_after.unwrap_or_default();
                }
            }
        }
    }

    /// The failures in a row after a connection that lived this long, and carried a message or none.
    ///
    /// One that is cut soon, but had a server that answers, is worth another soon; a server that takes connections and drops
    /// them is not.
    pub(crate) fn failures_after(lived: Duration, has_heard: bool, failures: u32) -> u32 {
        match has_heard {
            _ if lived >= GOOD_CONNECTION => 0,
            true => failures.min(MOST_FAILURES_OF_AN_ANSWER),
            false => failures,
        }
    }

    async fn attempt(&self) -> Result<Socket, Failed> {
        match timeout(self.settings.connect_within, self.handshake()).await {
            Ok(result) => result,
            Err(_) => {
                let message = format!("`{}` did not answer in time", self.address.as_str());
                Err(Failed::passing(Error::new(ErrorKind::Connection, message)))
            }
        }
    }

    async fn handshake(&self) -> Result<Socket, Failed> {
        let request = self.request().await?;
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(BUFFER_BYTES)
            .max_message_size(Some(self.settings.message_bytes))
            .max_frame_size(Some(self.settings.message_bytes));
        #[cfg(feature = "rustls")]
        let connected = {
            let tls = self.tls.connector(&self.address).map_err(Failed::for_good)?;
            tokio_tungstenite::connect_async_tls_with_config(request, Some(config), true, tls).await
        };
        #[cfg(not(feature = "rustls"))]
        let connected = tokio_tungstenite::connect_async_with_config(request, Some(config), true).await;
        let (socket, _response) = connected.map_err(|error| self.failed(error))?;
        Ok(socket)
    }

    async fn request(&self) -> Result<Request, Failed> {
        let authorization = self.token.authorization().await.map_err(|error| {
            let may_pass = *error.kind() == ErrorKind::Connection;
            Failed { error, may_pass, retry_after: None }
        })?;
        let mut request =
            self.address.uri.clone().into_client_request().map_err(|error| self.failed(error))?;
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
        if let Some(authorization) = authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization);
        }
        Ok(request)
    }

    fn failed(&self, error: SocketError) -> Failed {
        let address = self.address.as_str();
        match error {
            SocketError::Http(response) => self.refused(&response),
            SocketError::Url(UrlError::UnableToConnect(_)) | SocketError::Io(_) => Failed::passing(
                Error::caused_by(ErrorKind::Connection, format!("`{address}` cannot be reached"), error),
            ),
            SocketError::Url(_) | SocketError::HttpFormat(_) => {
                // Its text stays out: it may quote the address, and a token in it.
                Failed::for_good(Error::invalid("the server's address is not usable"))
            }
            SocketError::Tls(_) => Failed::for_good(Error::caused_by(
                ErrorKind::Connection,
                format!("`{address}` cannot be reached by TLS"),
                error,
            )),
            // The server hung up in the middle of the handshake, as one that stops does.
            error @ SocketError::Protocol(_) if is_hang_up(&error) => {
                let message = format!("`{address}` broke the handshake off");
                Failed::passing(Error::caused_by(ErrorKind::Connection, message, error))
            }
            error => Failed::for_good(Error::caused_by(
                ErrorKind::Protocol,
                format!("`{address}` does not speak `{SUBPROTOCOL}`"),
                error,
            )),
        }
    }

    /// What an HTTP answer other than 101 says.
    fn refused(&self, response: &Response) -> Failed {
        let status = response.status();
        let said = response.body().as_deref().and_then(|body| std::str::from_utf8(body).ok());
        let failure = match said.map(Incoming::parse) {
            Some(Ok(Incoming::Error { failure, .. })) => failure,
            _ => Failure { code: code_of(status), message: format!("HTTP status {status}"), details: None },
        };
        let what = format!("the connection to `{}`", self.address.as_str());
        let may_pass = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        let retry_after =
            response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Failed {
            error: Error::refused(&what, failure),
            may_pass,
            retry_after: retry_after.map(|seconds| Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER)),
        }
    }
}

impl Failed {
    fn passing(error: Error) -> Self {
        Self { error, may_pass: true, retry_after: None }
    }

    fn for_good(error: Error) -> Self {
        Self { error, may_pass: false, retry_after: None }
    }
}

fn is_hang_up(error: &SocketError) -> bool {
    use tokio_tungstenite::tungstenite::error::ProtocolError;

    matches!(
        error,
        SocketError::Protocol(
            ProtocolError::HandshakeIncomplete | ProtocolError::ResetWithoutClosingHandshake
        )
    )
}

/// The code of an HTTP status whose body says none, as a proxy's.
fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::UNAUTHORIZED => Code::Unauthorized,
        StatusCode::FORBIDDEN => Code::Forbidden,
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Code::RateLimited,
        _ if status.is_server_error() => Code::InternalError,
        _ => Code::ValidationError,
    }
}

/// Whether a frame could not be read because it is larger than the setting allows.
pub(crate) fn is_too_large(error: &SocketError) -> bool {
    matches!(error, SocketError::Capacity(CapacityError::MessageTooLong { .. }))
}
