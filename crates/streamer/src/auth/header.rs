//! What a token's header says of its signature, before anything of it is verified.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;

use super::token::Token;

/// The header's members that choose among the server's keys, or tell why none fits.
#[derive(Deserialize)]
pub(super) struct Header {
    /// The algorithm, of which there may be more than are known here.
    pub(super) alg: String,
    /// The key's id.
    pub(super) kid: Option<String>,
}

impl Header {
    /// Reads the header; `None` when it is none.
    pub(super) fn read(token: &Token) -> Option<Self> {
        let header = token.reveal().split('.').next()?;
        let json = BASE64_URL_SAFE_NO_PAD.decode(header).ok()?;
        serde_json::from_slice(&json).ok()
    }
}
