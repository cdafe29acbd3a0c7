//! The flags that say whose tokens a server takes.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::SystemTime,
};

use clap::{Args, builder::NonEmptyStringValueParser};

use super::loopback::is_loopback;
use crate::{
    auth::{Secret, Token, TokenVerifier, development_token},
    error::{Error, Result},
};

/// The flags of the keys, of which one is given at most.
const SECRET_FILE: &str = "`--jwt-hs256-secret-file`";
const PUBLIC_KEY: &str = "`--jwt-public-key`";
const KEY_SET: &str = "`--jwks`";

/// Which key tokens are verified with, and what they have to claim.
#[derive(Args, Debug)]
pub(super) struct TokenKeys {
    /// The file with the secret that tokens are signed with by HS256, of 32 bytes or more.
    ///
    /// One newline at the end is not part of it. Without this file, `--jwt-public-key` and `--jwks`, and on a loopback
    /// address only, the server makes a secret that ends with it and prints an address with a ready token.
    #[arg(long, value_name = "FILE", env = "STREAMER_JWT_HS256_SECRET_FILE", hide_env_values = true)]
    jwt_hs256_secret_file: Option<PathBuf>,
    /// The file with the public key that tokens are verified with, in PEM.
    ///
    /// The algorithm follows from the key: RS256 from one of RSA (2048 to 4096 bits), ES256 from one of the curve
    /// P-256, EdDSA from one of Ed25519.
    #[arg(long, value_name = "FILE", env = "STREAMER_JWT_PUBLIC_KEY", hide_env_values = true)]
    jwt_public_key: Option<PathBuf>,
    /// The file with the public keys that tokens are verified with, as a JSON Web Key Set.
    ///
    /// A token's `kid` says which; a token without is taken if only one key fits it. The file is read anew when it
    /// has changed, within a second; a connection that is open stays until its token ends.
    #[arg(long, value_name = "FILE", env = "STREAMER_JWKS", hide_env_values = true)]
    jwks: Option<PathBuf>,
    /// The issuer of the tokens: what their claim `iss` has to be.
    #[arg(
        long,
        value_name = "TEXT",
        env = "STREAMER_JWT_ISSUER",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    jwt_issuer: Option<String>,
    /// Whom the tokens are for: what their claim `aud` has to be or, as an array, hold.
    #[arg(
        long,
        value_name = "TEXT",
        env = "STREAMER_JWT_AUDIENCE",
        hide_env_values = true,
        value_parser = NonEmptyStringValueParser::new()
    )]
    jwt_audience: Option<String>,
}

/// What tokens are verified with.
pub(super) struct Verification {
    pub(super) verifier: TokenVerifier,
    /// A ready token, where the secret was made for development.
    pub(super) token: Option<Token>,
}

enum Key<'a> {
    Secret(&'a Path),
    Public(&'a Path),
    Set(&'a Path),
}

impl TokenKeys {
    /// Reads the key that is given, or makes a secret for a server that listens on a loopback address.
    pub(super) fn verification(&self, listen: SocketAddr) -> Result<Verification> {
        let mut verifier = match self.key()? {
            Some(Key::Secret(path)) => TokenVerifier::hs256(&Secret::from_file(path)?),
            Some(Key::Public(path)) => TokenVerifier::public_key_from_file(path)?,
            Some(Key::Set(path)) => TokenVerifier::jwks(path)?,
            None => return self.development(listen),
        };
        if let Some(issuer) = &self.jwt_issuer {
            verifier = verifier.with_issuer(issuer);
        }
        if let Some(audience) = &self.jwt_audience {
            verifier = verifier.with_audience(audience);
        }
        Ok(Verification { verifier, token: None })
    }

    fn key(&self) -> Result<Option<Key<'_>>> {
        match (&self.jwt_hs256_secret_file, &self.jwt_public_key, &self.jwks) {
            (None, None, None) => Ok(None),
            (Some(path), None, None) => Ok(Some(Key::Secret(path))),
            (None, Some(path), None) => Ok(Some(Key::Public(path))),
            (None, None, Some(path)) => Ok(Some(Key::Set(path))),
            // Checked here rather than by clap: the message has to say that a variable counts too.
            _ => Err(Error::configuration(format!(
                "several keys for tokens are given; of {SECRET_FILE}, {PUBLIC_KEY} and {KEY_SET}, and their \
                 variables of the environment, set one"
            ))),
        }
    }

    fn development(&self, listen: SocketAddr) -> Result<Verification> {
        if !is_loopback(listen) {
            return Err(Error::configuration(format!(
                "others can reach {listen}, so tokens need a key; give {SECRET_FILE}, {PUBLIC_KEY} or {KEY_SET}, or \
                 listen on 127.0.0.1"
            )));
        }
        if self.jwt_issuer.is_some() || self.jwt_audience.is_some() {
            return Err(Error::configuration(format!(
                "`--jwt-issuer` and `--jwt-audience` need the issuer's key; give {SECRET_FILE}, {PUBLIC_KEY} or \
                 {KEY_SET}"
            )));
        }
        let secret = Secret::generate()?;
        let token = development_token(&secret, SystemTime::now())?;
        Ok(Verification { verifier: TokenVerifier::hs256(&secret), token: Some(token) })
    }
}
