//! Where a server is.

use tokio_tungstenite::tungstenite::http::Uri;

use crate::error::{Error, Result};

/// The address of a server's WebSocket. What it prints holds no query, in which a token may stand.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) uri: Uri,
    shown: String,
}

impl Address {
    /// Reads `ws://HOST[:PORT]/PATH` or, with TLS built in, `wss://…`.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        // The text stands in no message: it may hold a token.
        let uri: Uri = text.parse().map_err(|_| Error::invalid("the server's address is no URL"))?;
        match uri.scheme_str() {
            Some("ws") => {}
            Some("wss") if cfg!(feature = "rustls") => {}
            Some("wss") => {
                return Err(Error::invalid("`wss://` needs the feature `rustls` of `streamer-client`"));
            }
            _ => return Err(Error::invalid("the server's address begins with neither `ws://` nor `wss://`")),
        }
        let host = uri.host().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| Error::invalid("the server's address has no host"))?;
        let port = uri.port().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("{}://{host}{port}{}", uri.scheme_str().unwrap_or_default(), uri.path());
        Ok(Self { uri, shown })
    }

    /// Whether it is reached by TLS.
    #[cfg(feature = "rustls")]
    pub(crate) fn is_secure(&self) -> bool {
        self.uri.scheme_str() == Some("wss")
    }

    /// The address for people.
    pub(crate) fn as_str(&self) -> &str {
        &self.shown
    }
}
