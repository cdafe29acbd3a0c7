//! A public key as a PEM file holds it (RFC 7468, section 13).

use rsa::{
    pkcs1::{ObjectIdentifier, RsaPublicKey},
    pkcs8::{SubjectPublicKeyInfoRef, der::Decode},
};
use rustls_pki_types::pem::{PemObject, SectionKind};

use super::key::{UnusableKey, VerificationKey};

/// `rsaEncryption` (RFC 3279, section 2.3.1).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `id-ecPublicKey` (RFC 5480, section 2.1.1), and its curve `secp256r1`, which is P-256.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
/// `id-Ed25519` (RFC 8410, section 3).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Why a text gives no key.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoPublicKey {
    #[error("it is no PEM")]
    NoPem,
    #[error(
        "it holds no `PUBLIC KEY`; `openssl pkey -in FILE -pubout` makes one of a private key, and \
         `openssl rsa -RSAPublicKey_in -in FILE -pubout` of an `RSA PUBLIC KEY`"
    )]
    Absent,
    #[error(
        "it holds a private key, which no server needs; `openssl pkey -in FILE -pubout` makes the public one"
    )]
    Private,
    #[error("it holds several keys; give several as `--jwks`")]
    Several,
    #[error(transparent)]
    Unusable(#[from] UnusableKey),
}

/// Reads the one public key of a PEM text.
pub(super) fn read(pem: &[u8]) -> Result<VerificationKey, NoPublicKey> {
    let mut keys = Vec::new();
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(pem) {
        // The error quotes what it read.
        let (kind, der) = section.map_err(|_| NoPublicKey::NoPem)?;
        match kind {
            SectionKind::PublicKey => keys.push(der),
            SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey => {
                return Err(NoPublicKey::Private);
            }
            _ => {}
        }
    }
    match keys.as_slice() {
        [] => Err(NoPublicKey::Absent),
        [key] => Ok(from_der(key)?),
        [_, _, ..] => Err(NoPublicKey::Several),
    }
}

fn from_der(der: &[u8]) -> Result<VerificationKey, UnusableKey> {
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| UnusableKey::Kind)?;
    let key = info.subject_public_key.as_bytes().ok_or(UnusableKey::Kind)?;
    match info.algorithm.oid {
        RSA => {
            let key = RsaPublicKey::from_der(key).map_err(|_| UnusableKey::Invalid("RS256"))?;
            VerificationKey::rs256(key.modulus.as_bytes(), key.public_exponent.as_bytes())
        }
        EC if info.algorithm.parameters_oid().is_ok_and(|curve| curve == P256) => VerificationKey::es256(key),
        ED25519 => VerificationKey::ed_dsa(key),
        _ => Err(UnusableKey::Kind),
    }
}
