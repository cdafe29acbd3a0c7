//! A key that signatures are verified with. It has its algorithm with it: no token chooses one.

use jsonwebtoken::{
    Algorithm, DecodingKey, Validation,
    crypto::verify,
    errors::{Error as JwtError, ErrorKind as JwtErrorKind},
};
use rsa::{BigUint, RsaPublicKey, traits::PublicKeyParts};

use super::{
    claims::{Claims, INSTANT},
    header::Header,
    identity::LEEWAY,
    secret::Secret,
    token::{Token, TokenError},
};

/// The fewest bits of an RSA key (RFC 7518, section 3.3).
const MIN_RSA_BITS: usize = 2048;

/// How many bytes an Ed25519 key has (RFC 8032, section 5.1.5), and a coordinate of P-256.
const COORDINATE_BYTES: usize = 32;

/// Why a key is of no use here.
#[derive(Debug, thiserror::Error)]
pub(super) enum UnusableKey {
    /// It is of another kind.
    #[error("it is no RSA, EC P-256 or Ed25519 key")]
    Kind,
    /// It is there for something else.
    #[error("it is not for verifying signatures")]
    Purpose,
    /// It is for another algorithm.
    #[error("its algorithm is not {0}, the one that is known here for such a key")]
    Algorithm(&'static str),
    /// One of its members is not what it has to be.
    #[error("its `{0}` is missing or malformed")]
    Member(&'static str),
    /// An RSA key that can be broken.
    #[error("it is an RSA key of {0} bits; {MIN_RSA_BITS} or more are needed")]
    TooSmall(usize),
    /// It is no key, although it looks like one.
    #[error("it is no valid key for {0}")]
    Invalid(&'static str),
}

/// A key and the one algorithm that it is for.
pub(super) struct VerificationKey {
    algorithm: Algorithm,
    key: DecodingKey,
    validation: Validation,
}

impl VerificationKey {
    /// A secret: HMAC with SHA-256.
    pub(super) fn hs256(secret: &Secret) -> Self {
        Self::new(Algorithm::HS256, DecodingKey::from_secret(secret.as_bytes()))
    }

    /// An RSA key by its modulus and exponent: RSASSA-PKCS1-v1_5 with SHA-256.
    pub(super) fn rs256(modulus: &[u8], exponent: &[u8]) -> Result<Self, UnusableKey> {
        let key = RsaPublicKey::new(BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent))
            .map_err(|_| UnusableKey::Invalid("RS256"))?;
        match key.n().bits() {
            bits if bits < MIN_RSA_BITS => Err(UnusableKey::TooSmall(bits)),
            _ => Ok(Self::new(Algorithm::RS256, DecodingKey::from_rsa_raw_components(modulus, exponent))),
        }
    }

    /// A point of the curve P-256 as SEC 1 writes it: ECDSA with SHA-256.
    pub(super) fn es256(point: &[u8]) -> Result<Self, UnusableKey> {
        Self::checked(Algorithm::ES256, DecodingKey::from_ec_der(point))
    }

    /// A point of the curve P-256 by its coordinates.
    pub(super) fn es256_at(x: &[u8], y: &[u8]) -> Result<Self, UnusableKey> {
        if x.len() != COORDINATE_BYTES || y.len() != COORDINATE_BYTES {
            return Err(UnusableKey::Invalid("ES256"));
        }
        // SEC 1, section 2.3.3: 4 says that both coordinates follow.
        Self::es256(&[&[4], x, y].concat())
    }

    /// An Ed25519 key.
    pub(super) fn ed_dsa(key: &[u8]) -> Result<Self, UnusableKey> {
        // The library cuts off what is too much and panics at too little.
        if key.len() != COORDINATE_BYTES {
            return Err(UnusableKey::Invalid("EdDSA"));
        }
        Self::checked(Algorithm::EdDSA, DecodingKey::from_ed_der(key))
    }

    /// Returns the algorithm's name in a token's header.
    pub(super) fn algorithm(&self) -> &'static str {
        name(self.algorithm)
    }

    /// Checks the token's signature and its times, and returns what it claims.
    ///
    /// # Errors
    /// The first check that it fails.
    pub(super) fn claims(&self, token: &Token) -> Result<Claims, TokenError> {
        let verified = jsonwebtoken::decode::<Claims>(token.reveal(), &self.key, &self.validation)
            .map_err(|error| self.refusal(token, &error))?;
        // `crit` lists extensions that a verifier must understand (RFC 7515, section 4.1.11); this one
        // understands none.
        if verified.header.crit.is_some() {
            return Err(TokenError::Malformed);
        }
        Ok(verified.claims)
    }

    fn new(algorithm: Algorithm, key: DecodingKey) -> Self {
        let mut validation = Validation::new(algorithm);
        validation.leeway = LEEWAY.as_secs();
        validation.validate_nbf = true;
        // Whom the token is for is read from its claims, where that is asked for.
        validation.validate_aud = false;
        Self { algorithm, key, validation }
    }

    /// Makes a key if the library takes it, which it only says of one that it is given a signature for.
    fn checked(algorithm: Algorithm, key: DecodingKey) -> Result<Self, UnusableKey> {
        verify("", &[], &key, algorithm).map_err(|_| UnusableKey::Invalid(name(algorithm)))?;
        Ok(Self::new(algorithm, key))
    }

    fn refusal(&self, token: &Token, error: &JwtError) -> TokenError {
        match error.kind() {
            JwtErrorKind::ExpiredSignature => TokenError::Expired,
            JwtErrorKind::ImmatureSignature => TokenError::NotYetValid,
            JwtErrorKind::InvalidSignature => TokenError::Signature,
            JwtErrorKind::InvalidAlgorithm => TokenError::Algorithm(self.algorithm()),
            JwtErrorKind::MissingRequiredClaim(claim) | JwtErrorKind::InvalidClaimFormat(claim) => {
                let claim = if claim == "nbf" { "nbf" } else { "exp" };
                TokenError::Claim { claim, expected: INSTANT }
            }
            // The library does not know `none`, nor algorithms that came after it.
            _ if names_unknown_algorithm(token) => TokenError::Algorithm(self.algorithm()),
            _ => TokenError::Malformed,
        }
    }
}

fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::HS256 => "HS256",
        Algorithm::RS256 => "RS256",
        Algorithm::ES256 => "ES256",
        Algorithm::EdDSA => "EdDSA",
        _ => unreachable!("no key is made for another algorithm"),
    }
}

fn names_unknown_algorithm(token: &Token) -> bool {
    Header::read(token).is_some_and(|header| header.alg.parse::<Algorithm>().is_err())
}
