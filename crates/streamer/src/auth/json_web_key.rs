//! A JSON Web Key (RFC 7517), of the kinds that RFC 7518 and RFC 8037 describe.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;

use super::key::{UnusableKey, VerificationKey};

/// A key's members as they stand. Those of a private key are left unread.
#[derive(Deserialize)]
pub(super) struct JsonWebKey {
    kty: String,
    pub(super) kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl JsonWebKey {
    /// Makes the key that verifies signatures.
    pub(super) fn verification_key(&self) -> Result<VerificationKey, UnusableKey> {
        let is_for_signatures = self.usage.as_ref().is_none_or(|usage| usage == "sig");
        let is_for_verifying =
            self.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|name| name == "verify"));
        if !is_for_signatures || !is_for_verifying {
            return Err(UnusableKey::Purpose);
        }
        match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => {
                self.is_for(&["RS256"])?;
                VerificationKey::rs256(&bytes("n", &self.n)?, &bytes("e", &self.e)?)
            }
            ("EC", Some("P-256")) => {
                self.is_for(&["ES256"])?;
                VerificationKey::es256_at(&bytes("x", &self.x)?, &bytes("y", &self.y)?)
            }
            ("OKP", Some("Ed25519")) => {
                // RFC 9864 gave the algorithm the name of its curve, for keys as well.
                self.is_for(&["EdDSA", "Ed25519"])?;
                VerificationKey::ed_dsa(&bytes("x", &self.x)?)
            }
            _ => Err(UnusableKey::Kind),
        }
    }

    /// Refuses a key that says it is for another algorithm than these names of one.
    fn is_for(&self, names: &[&'static str]) -> Result<(), UnusableKey> {
        match &self.alg {
            Some(alg) if !names.contains(&alg.as_str()) => Err(UnusableKey::Algorithm(names[0])),
            _ => Ok(()),
        }
    }
}

fn bytes(member: &'static str, value: &Option<String>) -> Result<Vec<u8>, UnusableKey> {
    let text = value.as_ref().ok_or(UnusableKey::Member(member))?;
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| UnusableKey::Member(member))
}
