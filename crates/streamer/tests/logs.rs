//! What the log says of connections and requests, and what it never says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::{
    client::Client,
    key_pair::KeyPair,
    key_set::{KeySetFile, key_set},
    process::Server,
    secure::Certificate,
    token::{claims, signed},
};

/// A text that stands in what clients send, and nowhere else.
const MARKER: &str = "mayfly";

fn log_of(server: Server) -> String {
    server.terminate();
    let output = server.finish();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// Sends messages of every kind that a server answers, each with the marker in it.
async fn send_all_kinds<S>(client: &mut Client<S>)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    let payload = json!({ MARKER: MARKER });
    for message in [
        json!({ "id": "r-1", "action": "ping", "payload": payload }),
        json!({ "id": "r-2", "action": MARKER, "payload": payload }),
        json!({ "id": "r-3", "action": 7, "payload": payload }),
        json!({ "id": "r-4", "action": "ping", "payload": MARKER }),
        json!({ "id": "r-5", "action": "whoami", MARKER: MARKER }),
        json!([MARKER]),
        json!(MARKER),
    ] {
        // Good and bad ones.
        client.send_text(message.to_string()).await;
        client.receive().await;
    }
    client.send_text(format!("{{\"{MARKER}\": {MARKER}")).await;
    client.receive().await;
}

mod lines {
    use super::*;

    #[tokio::test]
    async fn in_json_name_the_connection_and_the_request() {
        let server =
            Server::start_with(&["--db", "memory:", "--log", "streamer=debug", "--log-format", "json"]);
        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
        let connection_id = client.connection_id().await;
        send_all_kinds(&mut client).await;
        client.socket.close(None).await.unwrap();
        client.closed().await;

        server.terminate();
        let stderr = String::from_utf8(server.finish().stderr).unwrap();

        let lines: Vec<Value> = stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let of_connection = |line: &&Value| line["spans"][0]["connection_id"] == connection_id.as_str();
        let of_request = |line: &&Value, id: &str| of_connection(line) && line["fields"]["request_id"] == id;
        for message in ["connection opens", "connection ends"] {
            let found = lines.iter().filter(of_connection).any(|line| line["fields"]["message"] == message);
            assert!(found, "{message}: {stderr}");
        }
        for id in ["r-1", "r-2", "r-3", "r-4", "r-5"] {
            assert!(lines.iter().any(|line| of_request(&line, id)), "{id}: {stderr}");
        }
    }

    #[tokio::test]
    async fn in_text_are_no_more_than_there_are_events() {
        let server = Server::start_with(&["--db", "memory:", "--log", "streamer=debug"]);
        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        client.ask(json!({ "id": "r\n2026 forged\r\u{1b}[31m", "action": "ping" })).await;
        let log = log_of(server);

        assert!(log.contains("forged"), "{log}");
        assert!(!log.lines().any(|line| line.starts_with("2026 forged")), "{log}");
        assert!(!log.contains('\u{1b}') && !log.contains('\r'), "{log:?}");
    }
}

mod content {
    use super::*;

    #[tokio::test]
    async fn of_messages_and_tokens_is_nowhere_however_much_is_logged() {
        let mut of_token = claims("u-1", "t-1");
        of_token["permissions"] = json!([MARKER]);
        of_token["name"] = json!(MARKER);
        for format in ["text", "json"] {
            let server = Server::start_with(&["--db", "memory:", "--log", "trace", "--log-format", format]);
            let token = signed(&of_token);
            let mut ways = Vec::new();
            let bearer = format!("Bearer {token}");
            ways.push(
                Client::try_connect(server.address(), "/ws", &[("authorization", &bearer)]).await.unwrap(),
            );
            let query = format!("/ws?token={token}");
            ways.push(Client::try_connect(server.address(), &query, &[]).await.unwrap());
            for client in &mut ways {
                send_all_kinds(client).await;
            }

            let log = log_of(server);

            assert!(log.contains("a message comes"), "nothing is logged at all: {log}");
            assert!(!log.contains(MARKER), "{log}");
            for part in token.split('.').skip(1) {
                assert!(!log.contains(part), "{part} is logged");
            }
        }
    }

    #[tokio::test]
    async fn of_refused_tokens_is_nowhere_either() {
        let (pair, certificate) = (KeyPair::new("EdDSA"), Certificate::new());
        let file = KeySetFile::new(&[pair.jwk_named("a")]);
        let mut arguments = vec!["--jwks".to_owned(), file.path().to_str().unwrap().to_owned()];
        arguments.extend(certificate.flags());
        arguments.extend(["--log", "trace", "--jwt-issuer", "i"].map(str::to_owned));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let server = Server::start_keyed(&arguments);
        let trust = certificate.trust();
        let mut good = claims("u-1", "t-1");
        good["iss"] = json!("i");
        let mut bad = good.clone();
        bad["iss"] = json!(MARKER);
        bad["sub"] = json!(MARKER);

        let stream = trust.connect(server.address()).await.unwrap();
        let mut client = Client::connect_over(stream, server.address(), &pair.token_named("a", &good)).await;
        send_all_kinds(&mut client).await;
        file.replace(&key_set(&[json!({ "kty": MARKER, "n": MARKER }), json!(MARKER), pair.jwk_named("b")]));
        for token in [
            pair.token_named("a", &bad),
            pair.token_named("b", &bad),
            pair.token_named(MARKER, &good),
            pair.token_with(&json!({ "alg": MARKER, "kid": "b" }), &bad),
            MARKER.to_owned(),
        ] {
            let answer = trust.get(server.address(), &format!("/ws?token={token}")).await;
            assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        }
        let log = log_of(server);

        assert!(log.contains("a request is refused"), "{log}");
        assert!(log.contains("a key of the set is left out"), "{log}");
        assert!(!log.contains(MARKER), "{log}");
    }
}
