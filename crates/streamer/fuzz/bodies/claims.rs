//! What an identity provider may say of a token's bearer: no change of a token leads past its signature.

use std::{sync::LazyLock, time::SystemTime};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto::sign};
use streamer::auth::{
    MAX_IDENTITY_BYTES, MAX_PERMISSION_BYTES, MAX_PERMISSIONS, MAX_TOKEN_BYTES, Secret, Token, TokenError,
    TokenVerifier,
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

static KEY: LazyLock<EncodingKey> = LazyLock::new(|| EncodingKey::from_secret(SECRET.as_bytes()));

static VERIFIER: LazyLock<TokenVerifier> = LazyLock::new(verifier);

/// A verifier that asks for more.
static STRICT: LazyLock<TokenVerifier> =
    LazyLock::new(|| verifier().with_issuer("issuer").with_audience("audience"));

fn verifier() -> TokenVerifier {
    TokenVerifier::hs256(&Secret::new(SECRET.into()).expect("a secret"))
}

/// Signs the bytes as the claims of a token, and reads it: it names whom the store can hold, or is refused.
pub fn claims(data: &[u8]) {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#);
    let content = format!("{header}.{}", URL_SAFE_NO_PAD.encode(data));
    let signature = sign(content.as_bytes(), &KEY, Algorithm::HS256).expect("a signature");
    let token = Token::new(format!("{content}.{signature}"));

    let identity = VERIFIER.verify(&token);
    let strictly = STRICT.verify(&token);

    match &identity {
        Ok(identity) => {
            assert!((1..=MAX_IDENTITY_BYTES).contains(&identity.user_id.len()));
            assert!((1..=MAX_IDENTITY_BYTES).contains(&identity.tenant_id.len()));
            assert!(identity.permissions.len() <= MAX_PERMISSIONS);
            // Whatever instant it says, a time is left or none.
            let _ = identity.remaining(SystemTime::now());
            for permission in &identity.permissions {
                assert!((1..=MAX_PERMISSION_BYTES).contains(&permission.len()));
            }
        }
        Err(TokenError::TooLong) => assert!(token.reveal().len() > MAX_TOKEN_BYTES),
        Err(error) => assert!(!matches!(error, TokenError::Signature | TokenError::Algorithm(_)), "{error}"),
    }
    // Whoever asks for more takes nothing else, and no other identity.
    assert!(strictly.is_err() || strictly == identity);
}
