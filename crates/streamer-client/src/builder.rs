//! How a client is set up.

use std::{
    future::Future,
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::sync::mpsc;

use crate::{
    address::Address,
    caller::Caller,
    client::Client,
    connector::Connector,
    driver::Driver,
    error::Result,
    link::Link,
    settings::Settings,
    token::{TokenError, TokenSource},
};

/// Sets a [`Client`] up; made by [`Client::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is connected before `connect`"]
pub struct ClientBuilder {
    address: String,
    token: TokenSource,
    settings: Settings,
    #[cfg(feature = "rustls")]
    tls: crate::tls::Tls,
}

impl Client {
    /// Starts to connect to a server at `ws://HOST[:PORT]/ws`, or `wss://…` with the feature `rustls`.
    pub fn builder(address: impl Into<String>) -> ClientBuilder {
        ClientBuilder {
            address: address.into(),
            token: TokenSource::default(),
            settings: Settings::default(),
            #[cfg(feature = "rustls")]
            tls: crate::tls::Tls::default(),
        }
    }
}

impl ClientBuilder {
    /// Proves who the client is by this token, sent as `Authorization: Bearer`. When it ends, so does the client.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = TokenSource::Fixed(token.into().into());
        self
    }

    /// Asks for a token before each connection, so that one that has ended is replaced. While the provider fails, the client tries
    /// again; a token that the server refuses ends it.
    pub fn token_provider<F, A>(mut self, provide: F) -> Self
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<String, TokenError>> + Send + 'static,
    {
        self.token = TokenSource::Provider(Arc::new(move || provide().boxed()));
        self
    }

    /// How long one attempt to connect may take, the token provider included: 10 seconds unless set.
    pub fn connect_within(mut self, duration: Duration) -> Self {
        self.settings.connect_within = duration;
        self
    }

    /// How long a message waits for its answer, reconnections included: 30 seconds unless set. A request's end is waited for
    /// without limit.
    pub fn answer_within(mut self, duration: Duration) -> Self {
        self.settings.answer_within = duration;
        self
    }

    /// How long a connection that was lost is tried to be made again, with pauses that grow to 10 seconds: 5 minutes unless
    /// set; nothing for not at all.
    pub fn reconnect_within(mut self, duration: Duration) -> Self {
        self.settings.reconnect_within = duration;
        self
    }

    /// After how long a silence the server is pinged: 20 seconds unless set, and at least a millisecond. One that does not
    /// answer in the same time counts as gone.
    pub fn keep_alive(mut self, duration: Duration) -> Self {
        self.settings.keep_alive = duration.max(Duration::from_millis(1));
        self
    }

    /// The most bytes of a message of the server: 16 MiB unless set. A longer one ends the client with `Protocol`.
    pub fn max_message_bytes(mut self, bytes: usize) -> Self {
        self.settings.message_bytes = bytes;
        self
    }

    /// Trusts the certificates in this PEM text alone, and not those of the operating system.
    #[cfg(feature = "rustls")]
    pub fn trust(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.trust(pem.into());
        self
    }

    /// Connects, by one attempt, and keeps connected from then on in a task of the current Tokio runtime.
    ///
    /// # Errors
    /// `Invalid` for an address that is not usable, `Unauthorized` and `Refused` by the server, `Connection` when it cannot be
    /// reached, `Protocol` when something else answers there.
    pub async fn connect(self) -> Result<Client> {
        let connector = Connector {
            address: Address::parse(&self.address)?,
            token: self.token,
            settings: self.settings,
            #[cfg(feature = "rustls")]
            tls: self.tls,
        };
        let answer_within = connector.settings.answer_within;
        let socket = connector.connect().await?;
        let (commands, received) = mpsc::unbounded_channel();
        let ended = Arc::new(OnceLock::new());
        let driver = Driver::new(connector, received, Arc::clone(&ended));
        tokio::spawn(driver.run(socket));
        Ok(Client::new(Caller::new(Link::new(commands, ended), answer_within)))
    }
}
