//! Tokens, good and bad, signed by hand.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

/// A secret of 32 bytes, as a file would hold it.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Returns the time now, in seconds since the epoch.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Returns good claims for this user and tenant that last an hour.
pub fn claims(user: &str, tenant: &str) -> Value {
    json!({ "sub": user, "tenant_id": tenant, "exp": now() + 3600 })
}

/// Signs these claims as the server expects it.
pub fn signed(claims: &Value) -> String {
    signed_with(&json!({ "alg": "HS256", "typ": "JWT" }), claims, SECRET, Algorithm::HS256)
}

/// Signs any header and claims, with any secret and by any algorithm, whatever the header says.
pub fn signed_with(header: &Value, claims: &Value, secret: impl AsRef<[u8]>, algorithm: Algorithm) -> String {
    let message = message(header, claims);
    let key = EncodingKey::from_secret(secret.as_ref());
    let signature = crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
    format!("{message}.{signature}")
}

/// Joins a header and claims to what is signed.
pub fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", encoded(header), encoded(claims))
}

/// Joins a header and claims without a signature.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.", message(header, claims))
}

fn encoded(part: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(part.to_string())
}
