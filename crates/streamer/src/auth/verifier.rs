//! Verification of JSON Web Tokens.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{
    claims::Claims,
    identity::Identity,
    key::VerificationKey,
    key_set::KeySet,
    public_key,
    secret::Secret,
    token::{MAX_TOKEN_BYTES, Token, TokenError},
};
use crate::{
    error::{Error, Result as ConfigurationResult},
    reloading::Reloading,
    small_file,
};

const PUBLIC_KEY: &str = "public key";
const KEY_SET: &str = "key set";

/// Verifies tokens by one key, or by one of a set. A key has one algorithm, which follows from it and never from a
/// token.
pub struct TokenVerifier {
    keys: Keys,
    issuer: Option<String>,
    audience: Option<String>,
}

enum Keys {
    One(Box<VerificationKey>),
    Set(Reloading<KeySet>),
}

impl TokenVerifier {
    /// Makes a verifier of tokens that are signed by HMAC with SHA-256.
    pub fn hs256(secret: &Secret) -> Self {
        Self::new(Keys::One(Box::new(VerificationKey::hs256(secret))))
    }

    /// Makes a verifier by a public key in PEM: RS256 by an RSA key of 2048 to 4096 bits, ES256 by one of the curve
    /// P-256, EdDSA by one of Ed25519.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when it is anything else.
    pub fn public_key(pem: &[u8]) -> ConfigurationResult<Self> {
        let key = public_key::read(pem)
            .map_err(|error| Error::configuration(format!("cannot use the {PUBLIC_KEY}: {error}")))?;
        Ok(Self::new(Keys::One(Box::new(key))))
    }

    /// Makes a verifier by a public key in a PEM file, as [`public_key`](Self::public_key) does. The file is read once.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when the file cannot be read or holds anything
    /// else.
    pub fn public_key_from_file(path: &Path) -> ConfigurationResult<Self> {
        let pem = small_file::read(path, PUBLIC_KEY)?;
        let key = public_key::read(&pem).map_err(|error| small_file::unusable(path, PUBLIC_KEY, error))?;
        Ok(Self::new(Keys::One(Box::new(key))))
    }

    /// Makes a verifier by a file with a JSON Web Key Set (RFC 7517), of keys as [`public_key`](Self::public_key)
    /// takes them. Others in the set are left out, with a warning in the log.
    ///
    /// [`authenticate`](Self::authenticate) reads the file anew when it has changed.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when the file cannot be read, is no set, has two
    /// keys of one id and algorithm, or has no key that is of use.
    pub fn jwks(path: impl Into<PathBuf>) -> ConfigurationResult<Self> {
        let path = path.into();
        let set = Reloading::read(KEY_SET, vec![path.clone()], |paths| {
            let [path] = paths else { unreachable!("a set is one file") };
            let json = small_file::read(path, KEY_SET)?;
            KeySet::read(&json).map_err(|error| small_file::unusable(path, KEY_SET, error))
        })?;
        // Only at first: whoever empties the set later takes all its keys back.
        if set.current().is_empty() {
            let why = "it has no RSA, EC P-256 or Ed25519 key to verify signatures with";
            return Err(small_file::unusable(&path, KEY_SET, why));
        }
        Ok(Self::new(Keys::Set(set)))
    }

    /// Takes tokens of this issuer alone: their claim `iss` has to be this text.
    #[must_use]
    pub fn with_issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = Some(issuer.into());
        self
    }

    /// Takes tokens for this audience alone: their claim `aud` has to be this text or an array that holds it.
    #[must_use]
    pub fn with_audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Verifies a token as [`verify`](Self::verify) does, by the keys as their file holds them now.
    ///
    /// The file is looked at once a second at most, and read if it has changed; it is read at once, but once a second
    /// at most too, when the token names a key that is not known. A new file that is broken leaves the old keys, and
    /// a warning in the log. To be called within a Tokio runtime, whose workers it does not block.
    ///
    /// # Errors
    /// The first check that the token fails.
    pub async fn authenticate(&self, token: &Token) -> Result<Identity, TokenError> {
        if let Keys::Set(set) = &self.keys {
            set.refresh().await;
            let verified = self.verify(token);
            if verified != Err(TokenError::UnknownKey) {
                return verified;
            }
            set.reread().await;
        }
        self.verify(token)
    }

    /// Checks the token's signature, its times and its claims, and returns whom it names. Reads no file.
    ///
    /// # Errors
    /// The first check that it fails.
    pub fn verify(&self, token: &Token) -> Result<Identity, TokenError> {
        if token.reveal().len() > MAX_TOKEN_BYTES {
            return Err(TokenError::TooLong);
        }
        let claims = match &self.keys {
            Keys::One(key) => key.claims(token)?,
            Keys::Set(set) => set.current().key_of(token)?.claims(token)?,
        };
        self.identity(claims)
    }

    fn new(keys: Keys) -> Self {
        Self { keys, issuer: None, audience: None }
    }

    fn identity(&self, claims: Claims) -> Result<Identity, TokenError> {
        if let Some(issuer) = &self.issuer {
            claims.check_issuer(issuer)?;
        }
        if let Some(audience) = &self.audience {
            claims.check_audience(audience)?;
        }
        claims.into_identity()
    }
}

impl fmt::Debug for TokenVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut verifier = f.debug_struct("TokenVerifier");
        match &self.keys {
            Keys::One(key) => verifier.field("algorithm", &key.algorithm()),
            Keys::Set(set) => verifier.field("set", set),
        };
        verifier.field("issuer", &self.issuer).field("audience", &self.audience).finish_non_exhaustive()
    }
}
