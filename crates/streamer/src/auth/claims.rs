//! The claims of a token that matter here, and the identity that they make.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{identity::Identity, token::TokenError};

/// The most bytes of a user's or tenant's id: what the store takes. An OpenID Connect subject has at most 255.
pub const MAX_IDENTITY_BYTES: usize = 512;

/// The most permissions of a token.
pub const MAX_PERMISSIONS: usize = 256;

/// The most bytes of a permission: as many as an action's name may have, 128 characters of four bytes.
pub const MAX_PERMISSION_BYTES: usize = 512;

const TEXT: &str = "a text of 1 to 512 bytes";
const TEXTS: &str = "an array of at most 256 texts of 1 to 512 bytes";
const ISSUER: &str = "the issuer that this server takes tokens of";
const AUDIENCE: &str = "for this server's audience";

/// What an instant has to be.
pub(super) const INSTANT: &str = "a number of seconds since 1970";

/// The claims, of any type: a claim of a wrong type is told apart from a broken token.
#[derive(Deserialize)]
pub(super) struct Claims {
    sub: Option<Value>,
    tenant_id: Option<Value>,
    exp: Option<Value>,
    iss: Option<Value>,
    aud: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    permissions: Option<Value>,
}

impl Claims {
    /// Refuses a token of another issuer, or of none.
    pub(super) fn check_issuer(&self, issuer: &str) -> Result<(), TokenError> {
        match &self.iss {
            Some(Value::String(own)) if own == issuer => Ok(()),
            _ => Err(TokenError::Claim { claim: "iss", expected: ISSUER }),
        }
    }

    /// Refuses a token that is for others, or for nobody (RFC 7519, section 4.1.3: a text, or an array of them).
    pub(super) fn check_audience(&self, audience: &str) -> Result<(), TokenError> {
        let is_meant = match &self.aud {
            Some(Value::String(own)) => own == audience,
            Some(Value::Array(own)) => own.iter().any(|own| own == audience),
            _ => false,
        };
        if is_meant { Ok(()) } else { Err(TokenError::Claim { claim: "aud", expected: AUDIENCE }) }
    }

    /// Returns whom the claims name.
    pub(super) fn into_identity(self) -> Result<Identity, TokenError> {
        Ok(Identity {
            user_id: identity_claim("sub", self.sub)?,
            tenant_id: identity_claim("tenant_id", self.tenant_id)?,
            expires_at: expiry_claim(self.exp)?,
            permissions: permissions_claim(self.permissions)?,
        })
    }
}

/// Tells `null` from an absent claim: whoever writes it may mean all as well as nothing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn identity_claim(claim: &'static str, value: Option<Value>) -> Result<String, TokenError> {
    match value {
        Some(Value::String(text)) if (1..=MAX_IDENTITY_BYTES).contains(&text.len()) => Ok(text),
        _ => Err(TokenError::Claim { claim, expected: TEXT }),
    }
}

/// Reads `exp`, whose fraction of a second, if any, is dropped: the token then ends earlier, not later.
fn expiry_claim(value: Option<Value>) -> Result<u64, TokenError> {
    let seconds = value.and_then(|value| {
        value
            .as_u64()
            .or_else(|| value.as_f64().filter(|seconds| *seconds >= 0.0).map(|seconds| seconds as u64))
    });
    seconds.ok_or(TokenError::Claim { claim: "exp", expected: INSTANT })
}

fn permissions_claim(value: Option<Value>) -> Result<BTreeSet<String>, TokenError> {
    const REFUSED: TokenError = TokenError::Claim { claim: "permissions", expected: TEXTS };

    let permissions = match value {
        None => return Ok(BTreeSet::new()),
        Some(Value::Array(permissions)) if permissions.len() <= MAX_PERMISSIONS => permissions,
        Some(_) => return Err(REFUSED),
    };
    let permission = |value| match value {
        Value::String(text) if (1..=MAX_PERMISSION_BYTES).contains(&text.len()) => Ok(text),
        _ => Err(REFUSED),
    };
    permissions.into_iter().map(permission).collect()
}
