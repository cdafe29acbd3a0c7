//! Verification of JSON Web Tokens (RFC 7519).

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind as JwtErrorKind};
use serde::Deserialize;
use serde_json::Value;

use super::{
    identity::{Identity, LEEWAY},
    secret::Secret,
};

/// The most bytes of a token that is looked at.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// The most bytes of a user's or tenant's id: what the store takes. An OpenID Connect subject has at most 255.
pub const MAX_IDENTITY_BYTES: usize = 512;

/// A token as a client sent it: not verified yet, and never shown, neither by `Debug` nor in a log.
#[derive(Clone, Eq, PartialEq)]
pub struct Token(String);

impl Token {
    /// Takes the token's text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the token's text. Whoever calls this hands out a credential.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why a request's token is not accepted. The messages go to the client and name no part of the token.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenError {
    /// The request carries none.
    #[error(
        "a token is needed: as `Authorization: Bearer`, as `?token=`, or as subprotocol `bearer.<token>` \
         beside `streamer.v1`"
    )]
    Missing,
    /// The request carries several, and they differ.
    #[error("the request carries several tokens that differ; send one")]
    Several,
    /// It is longer than [`MAX_TOKEN_BYTES`].
    #[error("the token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    /// It is not a JSON Web Token.
    #[error("the token is not a well-formed JSON Web Token")]
    Malformed,
    /// It is signed with another algorithm than the configured one, or not at all.
    #[error("the token is not signed with the algorithm that this server is configured for, {0}")]
    Algorithm(&'static str),
    /// The signature is not made with the configured key over this content.
    #[error("the token's signature does not match")]
    Signature,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A claim is absent, or not what it has to be.
    #[error("the token's claim `{claim}` is missing or is not {expected}")]
    Claim {
        /// The claim's name.
        claim: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
}

/// Verifies tokens by one algorithm and one key. Both are fixed by configuration, never taken from a token.
pub struct TokenVerifier {
    algorithm: Algorithm,
    key: DecodingKey,
    validation: Validation,
}

impl TokenVerifier {
    /// Makes a verifier of tokens that are signed by HMAC with SHA-256.
    pub fn hs256(secret: &Secret) -> Self {
        Self::new(Algorithm::HS256, DecodingKey::from_secret(secret.as_bytes()))
    }

    fn new(algorithm: Algorithm, key: DecodingKey) -> Self {
        let mut validation = Validation::new(algorithm);
        validation.leeway = LEEWAY.as_secs();
        validation.validate_nbf = true;
        // There is no audience to compare with: the key says that the token is for this server.
        validation.validate_aud = false;
        Self { algorithm, key, validation }
    }

    /// Checks the token's signature, its times and its claims, and returns whom it names.
    ///
    /// # Errors
    /// The first check that it fails.
    pub fn verify(&self, token: &Token) -> Result<Identity, TokenError> {
        if token.reveal().len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let verified = jsonwebtoken::decode::<Claims>(token.reveal(), &self.key, &self.validation)
            .map_err(|error| self.refusal(token, error.kind()))?;
        // `crit` lists extensions that a verifier must understand (RFC 7515, section 4.1.11); this one
        // understands none.
        if verified.header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        let claims = verified.claims;
        Ok(Identity {
            user_id: identity_claim("sub", claims.sub)?,
            tenant_id: identity_claim("tenant_id", claims.tenant_id)?,
            expires_at: expiry_claim(claims.exp)?,
        })
    }

    fn refusal(&self, token: &Token, kind: &JwtErrorKind) -> TokenError {
        match kind {
            JwtErrorKind::ExpiredSignature => TokenError::Expired,
            JwtErrorKind::ImmatureSignature => TokenError::NotYetValid,
            JwtErrorKind::InvalidSignature => TokenError::Signature,
            JwtErrorKind::InvalidAlgorithm => self.wrong_algorithm(),
            JwtErrorKind::MissingRequiredClaim(claim) | JwtErrorKind::InvalidClaimFormat(claim) => {
                let claim = if claim == "nbf" { "nbf" } else { "exp" };
                TokenError::Claim { claim, expected: INSTANT }
            }
            // The library does not know `none`, nor algorithms that came after it.
            _ if names_unknown_algorithm(token) => self.wrong_algorithm(),
            _ => TokenError::Malformed,
        }
    }

    fn wrong_algorithm(&self) -> TokenError {
        TokenError::Algorithm(match self.algorithm {
            Algorithm::HS256 => "HS256",
            _ => "another one",
        })
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenVerifier").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

const TEXT: &str = "a text of 1 to 512 bytes";
const INSTANT: &str = "a number of seconds since 1970";

/// The claims that matter here, of any type: a claim of a wrong type is told apart from a broken token.
#[derive(Deserialize)]
struct Claims {
    sub: Option<Value>,
    tenant_id: Option<Value>,
    exp: Option<Value>,
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

fn names_unknown_algorithm(token: &Token) -> bool {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    #[derive(Deserialize)]
    struct Header {
        alg: String,
    }

    let header = token.reveal().split('.').next().unwrap_or_default();
    BASE64_URL_SAFE_NO_PAD
        .decode(header)
        .ok()
        .and_then(|json| serde_json::from_slice::<Header>(&json).ok())
        .is_some_and(|header| header.alg.parse::<Algorithm>().is_err())
}
