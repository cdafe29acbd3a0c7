//! `GET /`: a page that connects with a token, submits requests, and shows what comes of them.

use std::{fmt::Write as _, sync::LazyLock};

use axum::{
    http::{
        HeaderMap, HeaderValue,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("page/page.css");
const DOCUMENT: &str = include_str!("page/page.html");

/// The script's parts, in the order in which they run: the first says that all is strict.
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    [
        include_str!("page/script/json.js"),
        include_str!("page/script/kept.js"),
        include_str!("page/script/log.js"),
        include_str!("page/script/connection.js"),
        include_str!("page/script/exchange.js"),
        include_str!("page/script/report.js"),
        include_str!("page/script/card.js"),
        include_str!("page/script/requests.js"),
        include_str!("page/script/forms.js"),
        include_str!("page/script/start.js"),
    ]
    .join("\n")
});

/// The page with its style and script inside: it loads nothing.
static PAGE: LazyLock<String> =
    LazyLock::new(|| DOCUMENT.replace("{{style}}", STYLE).replace("{{script}}", &SCRIPT));

/// Exactly this style and this script may run, and nothing may be loaded; connections are added per request.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; connect-src 'self'",
        source_hash(STYLE),
        source_hash(&SCRIPT)
    )
});

pub(super) async fn page(headers: HeaderMap) -> Response {
    let mut policy = POLICY.clone();
    // `'self'` does not cover `ws:` in every browser, so the server's own address is named too.
    if let Some(host) = own_host(&headers) {
        let _ = write!(policy, " ws://{host} wss://{host}");
    }
    let mut response = Html(PAGE.as_str()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    // The address holds a token: it must reach no cache and no other site.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The `Host` that the request names, when it is nothing but a name or an address and a port.
fn own_host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(HOST)?.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    (!host.is_empty() && host.chars().all(plain)).then_some(host)
}

fn source_hash(source: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(source)))
}
