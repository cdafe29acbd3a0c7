//! The WebSocket handshake (RFC 6455, section 4.2).
//!
//! Done here rather than by axum's extractor: the 101 must wait for the store, a message that is too large
//! must be closed with 1009 (which takes the socket's own errors and its raw stream), and the token's
//! subprotocol must never be echoed.

use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
            SEC_WEBSOCKET_VERSION, UPGRADE,
        },
    },
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::refusal::Refusal;
use crate::{auth::offered_subprotocols, protocol::SUBPROTOCOL};

/// How many bytes a handshake's key encodes.
const KEY_BYTES: usize = 16;

/// A handshake that can be accepted.
#[derive(Debug)]
pub(super) struct Handshake {
    accept: String,
    selects_subprotocol: bool,
}

impl Handshake {
    /// Reads the client's half.
    ///
    /// A client that offers no subprotocol speaks version 1. One that offers some but not ours is refused: it
    /// would either fail the connection itself, as browsers do when nothing is selected, or speak another
    /// protocol. A token that comes as subprotocol counts as an offer for this reason.
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Refusal> {
        if !has_token(headers, CONNECTION, "upgrade") || !has_token(headers, UPGRADE, "websocket") {
            return Err(Refusal::NotAnUpgrade);
        }
        if headers.get(SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return Err(Refusal::NotAnUpgrade);
        }
        let key = headers
            .get(SEC_WEBSOCKET_KEY)
            .filter(|key| BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == KEY_BYTES))
            .ok_or(Refusal::MalformedHandshake("`Sec-WebSocket-Key` must be 16 bytes in base64"))?;
        let selects_subprotocol = offered_subprotocols(headers).any(|offered| offered == SUBPROTOCOL);
        if !selects_subprotocol && headers.contains_key(SEC_WEBSOCKET_PROTOCOL) {
            return Err(Refusal::Subprotocol);
        }
        Ok(Self { accept: derive_accept_key(key.as_bytes()), selects_subprotocol })
    }

    /// Makes the server's half: 101, with our subprotocol when it was offered.
    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        let Ok(accept) = HeaderValue::try_from(self.accept) else {
            unreachable!("base64 is valid in a header")
        };
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
        if self.selects_subprotocol {
            headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
        }
        response
    }
}

/// Whether the header, a list, holds this token in any case.
fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().eq_ignore_ascii_case(token))
}
