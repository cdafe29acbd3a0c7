//! TLS: who is served by it, and what becomes of those who do not speak it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{
    fs,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use support::{
    client::Client,
    database::Database,
    process::{Server, run, streamer},
    secure::{Certificate, Trust},
    token::{claims, signed},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::{client::TlsStream, rustls::version};
use tokio_tungstenite::tungstenite::Message;

/// Longer than the interval in which the files are looked at once at most.
const A_LOOK: Duration = Duration::from_millis(1200);

fn start(certificate: &Certificate, more: &[&str]) -> Server {
    let flags = certificate.flags();
    let mut arguments: Vec<&str> = flags.iter().map(String::as_str).collect();
    arguments.extend(more);
    Server::start_with(&arguments)
}

async fn connect(trust: &Trust, server: &Server) -> Client<TlsStream<TcpStream>> {
    let stream = trust.connect(server.address()).await.unwrap();
    Client::connect_over(stream, server.address(), &signed(&claims("u-1", "t-1"))).await
}

mod client {
    use super::*;

    #[tokio::test]
    async fn speaks_to_a_server_that_it_trusts() {
        let (certificate, database) = (Certificate::new(), Database::new());
        let server = start(&certificate, &["--db", &database.db()]);

        let mut client = connect(&certificate.trust(), &server).await;
        let large = "x".repeat(100_000);
        let answer = client.ask(json!({ "action": "ping", "payload": { "large": large } })).await;

        assert_eq!(answer["type"], "response");
        let address = server.address();
        assert_eq!(server.announcement()["url"], format!("https://{address}"));
        assert_eq!(server.announcement()["webSocketUrl"], format!("wss://{address}/ws"));
        assert_eq!(database.list("--user", "u-1")[0]["endpoint"], format!("wss://{address}/ws"));
    }

    #[tokio::test]
    async fn gets_pages_and_health() {
        let certificate = Certificate::new();
        let server = start(&certificate, &["--db", "memory:"]);
        let trust = certificate.trust();

        assert!(trust.get(server.address(), "/healthz").await.starts_with("HTTP/1.1 200"));
        assert!(trust.get(server.address(), "/ws").await.starts_with("HTTP/1.1 401"));
    }

    #[tokio::test]
    async fn may_speak_either_version_and_http_1_alone() {
        let certificate = Certificate::new();
        let server = start(&certificate, &["--db", "memory:"]);
        let trust = certificate.trust();
        let [http_2, http_1] = [b"h2".as_slice(), b"http/1.1"];

        for version in [&version::TLS12, &version::TLS13] {
            let stream = trust.connect_by(server.address(), &[version], &[http_2, http_1]).await.unwrap();

            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(http_1), "{version:?}");
        }
        assert!(trust.connect_by(server.address(), &[&version::TLS13], &[http_2]).await.is_err());
    }

    #[tokio::test]
    async fn hears_why_it_is_closed() {
        let certificate = Certificate::new();
        let server = start(&certificate, &["--db", "memory:"]);
        let mut client = connect(&certificate.trust(), &server).await;

        // The server stops to read it before it is sent whole.
        let _ = client.socket.send(Message::text("x".repeat(2 * 1024 * 1024))).await;

        assert_eq!(client.closed().await.map(|frame| frame.code.into()), Some(1009));
    }

    #[tokio::test]
    async fn hears_the_end_of_the_stream() {
        let certificate = Certificate::new();
        let server = start(&certificate, &["--db", "memory:"]);
        let mut client = connect(&certificate.trust(), &server).await;
        client.ask(json!({ "action": "ping" })).await;

        server.terminate();
        let frame = client.closed().await;
        let end = timeout(Duration::from_secs(5), client.socket.next()).await.unwrap();

        assert_eq!(frame.map(|frame| frame.code.into()), Some(1001));
        assert!(end.is_none(), "cut off, for all that the client can tell: {end:?}");
    }
}

mod stranger {
    use super::*;

    #[tokio::test]
    async fn that_speaks_no_tls_is_turned_away() {
        let certificate = Certificate::new();
        let server = start(&certificate, &["--db", "memory:", "--log", "debug"]);
        let token = signed(&claims("u-1", "t-1"));

        for words in
            [format!("GET /ws?token={token} HTTP/1.1\r\nHost: x\r\n\r\n"), "\0".repeat(1000), "\r\n".into()]
        {
            let mut stream = TcpStream::connect(server.address()).await.unwrap();
            stream.write_all(words.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut answer = Vec::new();
            // The connection may be reset: what it sent was not all read.
            let _ = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.unwrap();
            assert!(!String::from_utf8_lossy(&answer).contains("HTTP"), "{answer:?}");
        }

        assert!(certificate.trust().get(server.address(), "/healthz").await.starts_with("HTTP/1.1 200"));
        server.terminate();
        let log = String::from_utf8(server.finish().stderr).unwrap();
        assert!(log.contains("a TLS handshake failed"), "{log}");
        assert!(!log.contains("WARN") && !log.contains(&token), "{log}");
    }

    #[tokio::test]
    async fn that_says_nothing_keeps_others_waiting_for_moments_only() {
        let certificate = Certificate::new();
        let flags = certificate.flags();
        let mut arguments: Vec<&str> = flags.iter().map(String::as_str).collect();
        arguments.extend(["--db", "memory:"]);
        let server = Server::start_after("ulimit -n 256", &arguments);
        let mut silent = Vec::new();
        for _ in 0..100 {
            silent.push(TcpStream::connect(server.address()).await.unwrap());
        }

        let asked = Instant::now();
        let answer = certificate.trust().get(server.address(), "/healthz").await;

        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }

    #[tokio::test]
    async fn does_not_hold_up_the_end() {
        let certificate = Certificate::new();
        let server = start(&certificate, &["--db", "memory:"]);
        let _silent = TcpStream::connect(server.address()).await.unwrap();
        certificate.trust().get(server.address(), "/healthz").await;

        let asked = Instant::now();
        server.terminate();

        assert!(server.finish().status.success());
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
}

mod certificate {
    use super::*;

    #[tokio::test]
    async fn is_replaced_without_a_restart() {
        let certificate = Certificate::new();
        let server = start(&certificate, &["--db", "memory:"]);
        let old = certificate.trust();
        let mut early = connect(&old, &server).await;

        let new = certificate.replace();
        sleep(A_LOOK).await;

        assert!(new.get(server.address(), "/healthz").await.starts_with("HTTP/1.1 200"));
        assert!(old.connect(server.address()).await.is_err());
        assert_eq!(early.ask(json!({ "action": "ping" })).await["type"], "response");
    }

    #[tokio::test]
    async fn that_is_broken_leaves_the_old_one() {
        let certificate = Certificate::new();
        let server = start(&certificate, &["--db", "memory:"]);
        let old = certificate.trust();

        // The key of another, as between the two writes of whoever replaces both.
        let half = fs::read(certificate.path()).unwrap();
        certificate.replace();
        fs::write(certificate.path(), half).unwrap();
        for _ in 0..2 {
            sleep(A_LOOK).await;
            assert!(old.get(server.address(), "/healthz").await.starts_with("HTTP/1.1 200"));
        }

        server.terminate();
        let log = String::from_utf8(server.finish().stderr).unwrap();
        assert_eq!(log.matches("the certificate changed and is of no use").count(), 1, "{log}");
    }
}

mod files {
    use super::*;

    fn why_not(arguments: &[&str]) -> String {
        let mut command = streamer();
        command.args(["serve", "--json", "--db", "memory:", "--listen", "127.0.0.1:0"]).args(arguments);
        let output = run(&mut command);
        let last = String::from_utf8(output.stderr).unwrap().lines().last().unwrap().to_owned();
        let error: Value = serde_json::from_str(&last).unwrap();
        assert_eq!(
            (output.status.code(), &error["error"]["kind"]),
            (Some(2), &json!("configuration")),
            "{error}"
        );
        error["error"]["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn are_given_together() {
        assert!(why_not(&["--tls-cert", "a"]).contains("`--tls-key`"));
        assert!(why_not(&["--tls-key", "a"]).contains("`--tls-cert`"));
    }

    #[test]
    fn have_to_be_a_certificate_and_its_key() {
        let (one, other) = (Certificate::new(), Certificate::new());
        let (certificate, key) = (one.path(), one.key_path());
        let (certificate, key) = (certificate.to_str().unwrap(), key.to_str().unwrap());
        let of_other = other.key_path();

        assert!(why_not(&["--tls-cert", key, "--tls-key", key]).contains("holds no certificate"));
        assert!(
            why_not(&["--tls-cert", certificate, "--tls-key", certificate]).contains("holds no private key")
        );
        assert!(why_not(&["--tls-cert", "/nowhere", "--tls-key", key]).contains("`/nowhere`"));
        let mixed = why_not(&["--tls-cert", certificate, "--tls-key", of_other.to_str().unwrap()]);
        assert!(mixed.contains("cannot use the certificate"), "{mixed}");
    }
}
