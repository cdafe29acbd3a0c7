//! A JSON Web Key Set (RFC 7517, section 5), and which of its keys a token is verified with.

use serde::Deserialize;
use serde_json::Value;

use super::{
    header::Header,
    json_web_key::JsonWebKey,
    key::VerificationKey,
    token::{Token, TokenError},
};

/// The algorithms of the keys that a set may hold. A secret has no place in one: sets are published.
const ALGORITHMS: &str = "RS256, ES256 or EdDSA";

/// Why a text is no set.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoKeySet {
    #[error("it is no JSON Web Key Set (line {line}, column {column})")]
    Malformed { line: usize, column: usize },
    #[error("several keys for {algorithm} have the `kid` of key {index}")]
    Several { algorithm: &'static str, index: usize },
}

/// Keys by their ids.
pub(super) struct KeySet {
    keys: Vec<NamedKey>,
}

struct NamedKey {
    id: Option<String>,
    key: VerificationKey,
}

impl KeySet {
    /// Reads a set. A key that is of no use here is left out, as the RFC has it, and named in the log.
    pub(super) fn read(json: &[u8]) -> Result<Self, NoKeySet> {
        #[derive(Deserialize)]
        struct Members {
            keys: Vec<Value>,
        }

        // The error's own text may quote what it read.
        let members: Members = serde_json::from_slice(json)
            .map_err(|error| NoKeySet::Malformed { line: error.line(), column: error.column() })?;
        let mut keys: Vec<NamedKey> = Vec::new();
        for (index, member) in members.keys.into_iter().enumerate() {
            let Some(NamedKey { id, key }) = NamedKey::read(index, member) else { continue };
            let has_same = |other: &NamedKey| other.id == id && other.key.algorithm() == key.algorithm();
            if id.is_some() && keys.iter().any(has_same) {
                return Err(NoKeySet::Several { algorithm: key.algorithm(), index });
            }
            keys.push(NamedKey { id, key });
        }
        Ok(Self { keys })
    }

    /// Whether no key is left.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Finds the key that the token names, or the only one for its algorithm when it names none.
    ///
    /// # Errors
    /// When there is no such key, or it is for another algorithm, or one that is not named could be any of several.
    pub(super) fn key_of(&self, token: &Token) -> Result<&VerificationKey, TokenError> {
        let header = Header::read(token).ok_or(TokenError::Malformed)?;
        let of_algorithm = |key: &&VerificationKey| key.algorithm() == header.alg;
        let Some(id) = header.kid else {
            let mut fitting = self.keys.iter().map(|named| &named.key).filter(of_algorithm);
            return match (fitting.next(), fitting.next()) {
                (Some(only), None) => Ok(only),
                (Some(_), Some(_)) => Err(TokenError::AmbiguousKey),
                (None, _) => Err(TokenError::Algorithm(ALGORITHMS)),
            };
        };
        let named =
            || self.keys.iter().filter(|named| named.id.as_ref() == Some(&id)).map(|named| &named.key);
        let first = named().next().ok_or(TokenError::UnknownKey)?;
        named().find(of_algorithm).ok_or(TokenError::Algorithm(first.algorithm()))
    }
}

impl NamedKey {
    fn read(index: usize, member: Value) -> Option<Self> {
        let Ok(key) = serde_json::from_value::<JsonWebKey>(member) else {
            tracing::warn!(index, "a key of the set is left out: it is malformed");
            return None;
        };
        match key.verification_key() {
            Ok(verification_key) => Some(Self { id: key.kid, key: verification_key }),
            Err(error) => {
                tracing::warn!(index, kid = key.kid, %error, "a key of the set is left out");
                None
            }
        }
    }
}
