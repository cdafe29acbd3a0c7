//! A ready token for whoever tries the server on their own machine.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::{identity::EVERY_PERMISSION, secret::Secret, token::Token};
use crate::error::{Error, ErrorKind, Result};

/// The user whom a development token names.
pub const DEVELOPMENT_USER: &str = "dev";

/// The tenant that a development token names.
pub const DEVELOPMENT_TENANT: &str = "dev";

/// How long a development token is good for.
pub const DEVELOPMENT_TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Signs a token for [`DEVELOPMENT_USER`] of [`DEVELOPMENT_TENANT`] that allows everything and ends after
/// [`DEVELOPMENT_TOKEN_LIFETIME`].
///
/// # Errors
/// [`ErrorKind::Failed`] when it cannot be signed.
pub fn development_token(secret: &Secret, now: SystemTime) -> Result<Token> {
    let ends = now.duration_since(UNIX_EPOCH).unwrap_or_default() + DEVELOPMENT_TOKEN_LIFETIME;
    let claims = Claims {
        sub: DEVELOPMENT_USER,
        tenant_id: DEVELOPMENT_TENANT,
        exp: ends.as_secs(),
        permissions: [EVERY_PERMISSION],
    };
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).map(Token::new).map_err(|error| {
        Error::new(ErrorKind::Failed, "the development token cannot be signed").caused_by(error)
    })
}

#[derive(Serialize)]
struct Claims {
    sub: &'static str,
    tenant_id: &'static str,
    exp: u64,
    permissions: [&'static str; 1],
}
