//! Where tokens come from.

use std::{error::Error as StdError, fmt, sync::Arc};

use futures_util::future::BoxFuture;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::error::{Error, ErrorKind, Result};

/// What a token provider may fail with.
pub type TokenError = Box<dyn StdError + Send + Sync>;

type Provider = dyn Fn() -> BoxFuture<'static, Result<String, TokenError>> + Send + Sync;

/// What proves who the client is. Its `Debug` shows no token.
#[derive(Clone, Default)]
pub(crate) enum TokenSource {
    #[default]
    None,
    Fixed(Arc<str>),
    Provider(Arc<Provider>),
}

impl TokenSource {
    /// Whether the next token may be another one.
    pub(crate) fn is_renewed(&self) -> bool {
        matches!(self, Self::Provider(_))
    }

    /// The value of `Authorization`; `None` where there is no token to send.
    pub(crate) async fn authorization(&self) -> Result<Option<HeaderValue>> {
        let token = match self {
            Self::None => return Ok(None),
            Self::Fixed(token) => Arc::clone(token),
            Self::Provider(provide) => provide()
                .await
                .map_err(|error| {
                    Error::caused_by(ErrorKind::Connection, "the token provider has no token", error)
                })?
                .into(),
        };
        // The library's error is dropped: it might quote the token.
        let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
            .map_err(|_| Error::invalid("the token has characters that no HTTP header can hold"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Fixed(_) => "Fixed(…)",
            Self::Provider(_) => "Provider(…)",
        })
    }
}
