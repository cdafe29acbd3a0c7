//! A token as any client may send it, and where it may stand in a request.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use streamer::auth::{MAX_TOKEN_BYTES, Secret, Token, TokenVerifier, extract_token};

static VERIFIER: LazyLock<TokenVerifier> = LazyLock::new(|| {
    TokenVerifier::hs256(&Secret::new("0123456789abcdef0123456789abcdef".into()).expect("a secret"))
});

/// Reads a token, whichever way it comes. What is refused shows nothing of it.
pub fn token(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    match VERIFIER.verify(&Token::new(text)) {
        Ok(identity) => assert!(!identity.user_id.is_empty() && !identity.tenant_id.is_empty()),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(text.len() < 64 || !error.to_string().contains(text));
        }
    }
    let names = [HeaderName::from_static("authorization"), HeaderName::from_static("sec-websocket-protocol")];
    for name in names {
        for value in [text.to_owned(), format!("Bearer {text}"), format!("streamer.v1, bearer.{text}")] {
            let Ok(value) = HeaderValue::from_str(&value) else { continue };
            let headers = HeaderMap::from_iter([(name.clone(), value)]);
            is_one_of_them(extract_token(&headers, &Uri::from_static("/ws")).ok().as_ref(), text);
        }
    }
    if let Ok(uri) = format!("/ws?token={text}").parse() {
        // A query is decoded, so that the token may be another text.
        let _ = extract_token(&HeaderMap::new(), &uri);
    }
}

/// A token that is found is a part of what was sent.
fn is_one_of_them(found: Option<&Token>, text: &str) {
    assert!(
        found.is_none_or(|token| text.contains(token.reveal()) || token.reveal().len() <= MAX_TOKEN_BYTES)
    );
}
