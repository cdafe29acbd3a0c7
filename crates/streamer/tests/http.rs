//! What the server says over plain HTTP.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use support::{
    client::{get, raw},
    process::Server,
    token::{claims, signed},
};

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next()?;
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

mod health {
    use super::*;

    #[tokio::test]
    async fn is_ok_while_the_server_runs() {
        let server = Server::start();

        let answer = get(server.address(), "/healthz").await;

        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with(r#"{"status":"ok"}"#), "{answer}");
    }
}

mod method {
    use super::*;

    #[tokio::test]
    async fn other_than_get_is_refused_with_a_message() {
        let server = Server::start();

        for path in ["/", "/healthz", "/ws"] {
            let request = format!("POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            let answer = raw(server.address(), &request).await;

            assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
            assert_eq!(header(&answer, "allow"), Some("GET, HEAD"), "{answer}");
            assert!(answer.contains(r#""code":"VALIDATION_ERROR""#), "{answer}");
        }
    }
}

mod page {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use sha2::{Digest, Sha256};

    use super::*;

    fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
        let from = text.find(start).unwrap() + start.len();
        &text[from..from + text[from..].find(end).unwrap()]
    }

    #[tokio::test]
    async fn may_run_its_own_style_and_script_and_nothing_else() {
        let server = Server::start();

        let answer = get(server.address(), "/").await;

        let policy = header(&answer, "content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        for (directive, start, end) in
            [("style-src", "<style>", "</style>"), ("script-src", "<script>", "</script>")]
        {
            let hash = BASE64_STANDARD.encode(Sha256::digest(between(&answer, start, end)));
            assert!(policy.contains(&format!("{directive} 'sha256-{hash}'")), "{directive} in {policy}");
        }
    }

    #[tokio::test]
    async fn may_connect_to_its_own_server_alone() {
        let server = Server::start();
        let address = server.address();

        let own = get(address, "/").await;
        let odd = raw(address, "GET / HTTP/1.1\r\nHost: a;script-src *\r\nConnection: close\r\n\r\n").await;

        let policy = header(&own, "content-security-policy").unwrap();
        assert!(policy.ends_with(&format!("connect-src 'self' ws://{address} wss://{address}")), "{policy}");
        let policy = header(&odd, "content-security-policy");
        assert!(policy.is_none_or(|policy| policy.ends_with("connect-src 'self'")), "{policy:?}");
    }

    #[tokio::test]
    async fn reaches_no_cache_and_no_other_site() {
        let server = Server::start();

        let answer = get(server.address(), "/?token=abc").await;

        assert_eq!(header(&answer, "cache-control"), Some("no-store"));
        assert_eq!(header(&answer, "referrer-policy"), Some("no-referrer"));
        assert_eq!(header(&answer, "x-content-type-options"), Some("nosniff"));
        assert!(!answer.contains("http://") && !answer.contains("https://"), "loads from elsewhere");
        assert!(!answer.contains("abc\""), "the token is in the page");
    }
}

mod websocket_address {
    use super::*;

    #[tokio::test]
    async fn asks_for_a_token_first() {
        let server = Server::start();

        let answer = get(server.address(), "/ws").await;

        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        assert_eq!(header(&answer, "www-authenticate"), Some("Bearer"));
    }

    #[tokio::test]
    async fn asks_for_an_upgrade_then() {
        let server = Server::start();
        let path = format!("/ws?token={}", signed(&claims("u", "t")));

        let answer = get(server.address(), &path).await;

        assert!(answer.starts_with("HTTP/1.1 426"), "{answer}");
        assert_eq!(header(&answer, "sec-websocket-version"), Some("13"));
    }

    #[tokio::test]
    async fn refuses_a_handshake_that_is_none() {
        let server = Server::start();
        let path = format!("/ws?token={}", signed(&claims("u", "t")));
        let handshake = |version: &str, key: &str| {
            format!(
                "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\
                 Sec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: {key}\r\n\r\n"
            )
        };

        let old = raw(server.address(), &handshake("8", "AAAAAAAAAAAAAAAAAAAAAA==")).await;
        let short = raw(server.address(), &handshake("13", "AAAA")).await;

        assert!(old.starts_with("HTTP/1.1 426"), "{old}");
        assert!(short.starts_with("HTTP/1.1 400"), "{short}");
    }
}

mod other_addresses {
    use super::*;

    #[tokio::test]
    async fn are_not_found() {
        let server = Server::start();

        let answer = get(server.address(), "/admin").await;

        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
        assert!(answer.contains(r#""code":"NOT_FOUND""#), "{answer}");
    }

    #[tokio::test]
    async fn may_be_nonsense() {
        let server = Server::start();

        for nonsense in [
            "\0\0\0\0\r\n\r\n",
            "GET\r\n\r\n",
            "GET /%ff%00?token=%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        ] {
            raw(server.address(), nonsense).await;
        }

        assert!(get(server.address(), "/healthz").await.starts_with("HTTP/1.1 200"));
    }
}
