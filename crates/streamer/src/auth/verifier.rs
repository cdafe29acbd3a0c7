//! Verification of JSON Web Tokens.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, errors::ErrorKind as JwtErrorKind};
use serde::Deserialize;

use super::{
    claims::{Claims, INSTANT},
    identity::{Identity, LEEWAY},
    secret::Secret,
    token::{MAX_TOKEN_BYTES, Token, TokenError},
};

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
        verified.claims.into_identity()
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
