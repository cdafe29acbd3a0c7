//! HTTP answers that refuse a request: the protocol's error message as body.

use axum::{
    http::{
        HeaderValue, StatusCode,
        header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};

use super::json::json;
use crate::{
    auth::TokenError,
    protocol::{Code, Failure, Outgoing, SUBPROTOCOL},
};

/// How many seconds a client is asked to wait when the server cannot take it now.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// Why a request gets no WebSocket.
#[derive(Debug)]
pub(super) enum Refusal {
    Token(TokenError),
    NotAnUpgrade,
    MalformedHandshake(&'static str),
    Subprotocol,
    Full { max_connections: usize },
    TooMany { whose: Whose, limit: usize },
    ShuttingDown,
    StoreUnavailable,
    StoreFailed,
    NoSuchPath,
    NotGet,
}

/// Whose connections are too many.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Whose {
    User,
    Tenant,
}

impl Whose {
    fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Tenant => "tenant",
        }
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::NotAnUpgrade => StatusCode::UPGRADE_REQUIRED,
            Self::MalformedHandshake(_) | Self::Subprotocol => StatusCode::BAD_REQUEST,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Full { .. } | Self::ShuttingDown | Self::StoreUnavailable => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::StoreFailed => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NoSuchPath => StatusCode::NOT_FOUND,
            Self::NotGet => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    /// Returns its name in the metrics.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Token(_) => "token",
            Self::NotAnUpgrade | Self::MalformedHandshake(_) | Self::Subprotocol => "handshake",
            Self::Full { .. } => "full",
            Self::TooMany { whose: Whose::User, .. } => "user_limit",
            Self::TooMany { whose: Whose::Tenant, .. } => "tenant_limit",
            Self::ShuttingDown => "stopping",
            Self::StoreUnavailable | Self::StoreFailed => "store",
            Self::NoSuchPath | Self::NotGet => "path",
        }
    }

    fn failure(&self) -> Failure {
        match self {
            Self::Token(error) => Failure::new(Code::Unauthorized, error.to_string()),
            Self::NotAnUpgrade => {
                Failure::new(Code::ValidationError, "this address speaks WebSocket, version 13")
            }
            Self::MalformedHandshake(what) => Failure::new(Code::ValidationError, *what),
            Self::Subprotocol => Failure::new(
                Code::ValidationError,
                format!("this server speaks `{SUBPROTOCOL}`; offer that subprotocol, or none"),
            ),
            Self::Full { max_connections } => Failure::new(
                Code::RateLimited,
                format!("the server holds {max_connections} connections, its limit; try again later"),
            ),
            Self::TooMany { whose, limit } => {
                let whose = whose.name();
                let text = format!(
                    "this {whose} holds {limit} connections, the limit; close one, or try again later"
                );
                Failure::new(Code::RateLimited, text)
                    .with_details(serde_json::json!({ "per": whose, "limit": limit }))
            }
            Self::ShuttingDown => Failure::new(Code::InternalError, "the server is stopping; try again"),
            Self::StoreUnavailable => {
                Failure::new(Code::InternalError, "the connection cannot be stored now; try again")
            }
            Self::StoreFailed => Failure::new(Code::InternalError, "the connection cannot be stored"),
            Self::NoSuchPath => {
                Failure::new(Code::NotFound, "there is nothing here; the WebSocket is at `/ws`")
            }
            Self::NotGet => Failure::new(Code::ValidationError, "this address takes GET alone"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, failure) = (self.status(), self.failure());
        tracing::debug!(status = status.as_u16(), why = failure.message, "a request is refused");
        let mut response = json(status, Outgoing::error(None, failure).to_json());
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            // RFC 6750, section 3: no error code when no token was sent.
            Self::Token(TokenError::Missing) => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Token(_) => {
                let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                headers.insert(WWW_AUTHENTICATE, challenge);
            }
            Self::NotAnUpgrade => {
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
                headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            }
            Self::Full { .. } | Self::TooMany { .. } | Self::ShuttingDown | Self::StoreUnavailable => {
                headers.insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
            }
            Self::NotGet => {
                headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            }
            Self::MalformedHandshake(_) | Self::Subprotocol | Self::StoreFailed | Self::NoSuchPath => {}
        }
        response
    }
}
