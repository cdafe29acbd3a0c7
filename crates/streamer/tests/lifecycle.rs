//! How connections and servers end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use support::{
    PATIENCE,
    client::Client,
    process::Server,
    token::{claims, now, signed},
};
use tokio::{io::AsyncWriteExt, net::TcpSocket, time::timeout};
use tokio_tungstenite::tungstenite::Message;

const QUICK: [&str; 4] = ["--db", "memory:", "--heartbeat-interval", "500ms"];

async fn close_code(client: &mut Client) -> Option<u16> {
    client.closed().await.map(|frame| frame.code.into())
}

mod connection {
    use super::*;

    #[tokio::test]
    async fn ends_when_its_token_does() {
        let server = Server::start();
        // Ends eight seconds ago: what is left are two of the ten that clocks may differ by.
        let mut claims = claims("u-1", "t-1");
        claims["exp"] = json!(now() - 8);
        let mut client = Client::connect(server.address(), &signed(&claims)).await;

        assert_eq!(client.ask(json!({ "action": "ping" })).await["type"], "response");
        assert_eq!(close_code(&mut client).await, Some(4401));
    }

    #[tokio::test]
    async fn lives_as_long_as_pings_are_answered() {
        let server = Server::start_with(&QUICK);
        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        // To read is to answer pings.
        let idle = timeout(Duration::from_secs(3), async {
            while let Some(Ok(frame)) = client.socket.next().await {
                assert!(!frame.is_close(), "{frame:?}");
            }
        });

        assert!(idle.await.is_err(), "the server closed a living connection");
        assert_eq!(client.ask(json!({ "action": "ping" })).await["type"], "response");
    }

    #[tokio::test]
    async fn ends_when_the_client_is_silent() {
        let server = Server::start_with(&QUICK);
        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        tokio::time::sleep(Duration::from_secs(2)).await;

        assert_eq!(close_code(&mut client).await, Some(4408));
    }

    #[tokio::test]
    async fn ends_when_the_client_does_not_read() {
        let server = Server::start_with(&[&QUICK[..], &["--log", "streamer=debug"]].concat());
        // A small buffer, so that what is not read is soon more than the connection holds.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(server.address().parse().unwrap()).await.unwrap();
        let url = format!("ws://{}/ws?token={}", server.address(), signed(&claims("u-1", "t-1")));
        let (client, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        // Never polled again, so that nothing is read; kept, so that nothing is closed.
        let (mut sink, _stream) = client.split();

        // Each is answered by as much: less of them fills the connection than a client may send at once.
        let echo = json!({ "action": "echo", "payload": { "text": "x".repeat(100_000) } }).to_string();
        let flood = async { while sink.send(Message::text(echo.clone())).await.is_ok() {} };
        timeout(PATIENCE, flood).await.expect("the server to give up on the client");

        server.terminate();
        let log = String::from_utf8(server.finish().stderr).unwrap();
        assert!(log.contains("SlowReader"), "{log}");
    }
}

mod server {
    use super::*;

    #[tokio::test]
    async fn closes_every_connection_with_1001_and_exits_with_0() {
        let server = Server::start();
        let token = signed(&claims("u-1", "t-1"));
        let mut clients = Vec::new();
        for _ in 0..5 {
            clients.push(Client::connect(server.address(), &token).await);
        }

        server.terminate();

        for client in &mut clients {
            assert_eq!(close_code(client).await, Some(1001));
        }
        assert_eq!(server.finish().status.code(), Some(0));
    }

    #[tokio::test]
    async fn stops_though_a_client_answers_nothing() {
        let server = Server::start();
        let token = signed(&claims("u-1", "t-1"));
        let _silent = Client::connect(server.address(), &token).await;
        let _no_request = tokio::net::TcpStream::connect(server.address()).await.unwrap();
        let mut half_a_request = tokio::net::TcpStream::connect(server.address()).await.unwrap();
        half_a_request.write_all(b"GET / HTTP/1.1\r\nHost").await.unwrap();
        // The server has read it.
        tokio::time::sleep(Duration::from_millis(200)).await;

        let asked = Instant::now();
        server.terminate();

        assert_eq!(server.finish().status.code(), Some(0));
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
}

mod hangup {
    use super::*;

    #[tokio::test]
    async fn stops_a_server_in_good_order() {
        let server = Server::start();
        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        server.signal("HUP");

        assert_eq!(close_code(&mut client).await, Some(1001));
        assert_eq!(server.finish().status.code(), Some(0));
    }

    #[tokio::test]
    async fn is_ignored_where_nohup_says_so() {
        let server = Server::start_after("trap '' HUP", &["--db", "memory:"]);
        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        server.signal("HUP");
        tokio::time::sleep(Duration::from_millis(300)).await;

        assert_eq!(client.ask(json!({ "action": "ping" })).await["type"], "response");
    }
}

mod server_asked_twice {
    use super::*;

    #[tokio::test]
    async fn stops_at_once() {
        let server = Server::start();
        // Not polled, so that it does not answer the close: the server would wait for it.
        let _silent = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        server.terminate();
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.terminate();

        assert_eq!(server.finish().status.code(), Some(130));
    }
}

mod development {
    use super::*;

    #[tokio::test]
    async fn server_prints_an_address_with_a_ready_token() {
        let server = Server::start_for_development(&["--db", "memory:"]);
        let address = server.announcement()["developmentUrl"].as_str().unwrap();
        let (url, token) = address.split_once("/?token=").unwrap();

        let mut client = Client::connect(url.strip_prefix("http://").unwrap(), token).await;
        let answer = client.ask(json!({ "action": "whoami" })).await;

        assert_eq!(
            (&answer["data"]["user_id"], &answer["data"]["tenant_id"]),
            (&json!("dev"), &json!("dev"))
        );
    }

    #[tokio::test]
    async fn server_logs_its_token_nowhere() {
        let server = Server::start_for_development(&["--db", "memory:", "--log", "trace"]);
        let address = server.announcement()["developmentUrl"].as_str().unwrap();
        let token = address.split_once("/?token=").unwrap().1.to_owned();
        Client::connect(server.address(), &token).await;

        server.terminate();
        let stderr = String::from_utf8(server.finish().stderr).unwrap();

        assert!(stderr.contains("stopping"), "{stderr}");
        assert!(!stderr.contains(&token), "{stderr}");
    }
}

mod log {
    use serde_json::Value;

    use super::*;

    #[tokio::test]
    async fn is_json_where_it_is_asked_for() {
        let server = Server::start_with(&["--db", "memory:", "--log-format", "json"]);

        server.terminate();
        let stderr = String::from_utf8(server.finish().stderr).unwrap();

        let lines: Vec<Value> = stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert!(lines.iter().any(|line| line["fields"]["message"] == "listening"), "{stderr}");
    }

    #[tokio::test]
    async fn holds_no_token_however_it_came_and_however_much_is_logged() {
        let server = Server::start_with(&["--db", "memory:", "--log", "trace"]);
        let address = server.address().to_owned();
        let good = signed(&claims("u-1", "t-1"));
        let mut ended = claims("u-1", "t-1");
        ended["exp"] = json!(1);
        let bad = signed(&ended);

        for token in [&good, &bad] {
            let (bearer, query) = (format!("Bearer {token}"), format!("?token={token}"));
            let offered = format!("streamer.v1, bearer.{token}");
            let ways = [
                ("/ws".to_owned(), vec![("authorization", bearer.as_str())]),
                (format!("/ws{query}"), vec![]),
                ("/ws".to_owned(), vec![("sec-websocket-protocol", offered.as_str())]),
                (format!("/nowhere{query}"), vec![]),
                (format!("/{query}"), vec![]),
            ];
            for (path, headers) in ways {
                if let Ok(mut client) = Client::try_connect(&address, &path, &headers).await {
                    client.ask(json!({ "action": "whoami" })).await;
                }
            }
        }
        server.terminate();
        let output = server.finish();

        let logged = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(logged.contains("connection ends"), "nothing is logged at all: {logged}");
        for token in [&good, &bad] {
            for part in token.split('.').skip(1) {
                assert!(!logged.contains(part), "{part} is logged");
            }
        }
    }
}
