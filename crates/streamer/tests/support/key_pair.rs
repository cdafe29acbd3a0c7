//! Keys that are made in the test, and tokens that are signed with them.

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256, SigningKey};
use rsa::{pkcs1::RsaPublicKey, pkcs8::der::Decode};
use serde_json::{Value, json};

use super::token::message;

/// RSA keys take long to make, so the tests of a process share two.
pub static RSA: LazyLock<[KeyPair; 2]> = LazyLock::new(|| [KeyPair::new("RS256"), KeyPair::new("RS256")]);

/// Makes a key of each kind that is made quickly.
pub fn pairs() -> [KeyPair; 2] {
    [KeyPair::new("ES256"), KeyPair::new("EdDSA")]
}

/// A private key with its public half.
pub struct KeyPair {
    pub algorithm: &'static str,
    pair: rcgen::KeyPair,
}

impl KeyPair {
    /// Makes a key for this algorithm.
    pub fn new(algorithm: &'static str) -> Self {
        let kind = match algorithm {
            "RS256" => &PKCS_RSA_SHA256,
            "ES256" => &PKCS_ECDSA_P256_SHA256,
            "EdDSA" => &PKCS_ED25519,
            other => panic!("no kind of key for {other}"),
        };
        Self { algorithm, pair: rcgen::KeyPair::generate_for(kind).unwrap() }
    }

    /// Returns the public key in PEM.
    pub fn pem(&self) -> String {
        self.pair.public_key_pem()
    }

    /// Returns the private key in PEM.
    pub fn private_pem(&self) -> String {
        self.pair.serialize_pem()
    }

    /// Returns the public key's bytes, as its kind has them.
    pub fn bytes(&self) -> &[u8] {
        self.pair.public_key_raw()
    }

    /// Returns the public key as a JSON Web Key without an id.
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match self.algorithm {
            "RS256" => {
                let key = RsaPublicKey::from_der(self.bytes()).unwrap();
                let (n, e) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
                json!({ "kty": "RSA", "n": text(n), "e": text(e) })
            }
            "ES256" => {
                let (x, y) = self.bytes()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y) })
            }
            _ => json!({ "kty": "OKP", "crv": "Ed25519", "x": text(self.bytes()) }),
        }
    }

    /// Returns the public key as a JSON Web Key with this id.
    pub fn jwk_named(&self, kid: &str) -> Value {
        let mut jwk = self.jwk();
        jwk["kid"] = json!(kid);
        jwk
    }

    /// Signs claims, with the algorithm's name and nothing else in the header.
    pub fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({ "alg": self.algorithm }), claims)
    }

    /// Signs claims, with the key's id in the header.
    pub fn token_named(&self, kid: &str, claims: &Value) -> String {
        self.token_with(&json!({ "alg": self.algorithm, "kid": kid }), claims)
    }

    /// Signs any header and claims by the key's algorithm, whatever the header says.
    pub fn token_with(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let private = self.pair.serialized_der();
        let signature = match self.algorithm {
            "ES256" => {
                let key = EncodingKey::from_ec_der(private);
                crypto::sign(message.as_bytes(), &key, Algorithm::ES256).unwrap()
            }
            _ => BASE64_URL_SAFE_NO_PAD.encode(self.pair.sign(message.as_bytes()).unwrap()),
        };
        format!("{message}.{signature}")
    }
}
