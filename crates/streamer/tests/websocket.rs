//! The handshake and the messages, with the real binary and a real client.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use support::{
    client::{Client, refusal},
    process::Server,
    token::{claims, signed},
};
use tokio_tungstenite::tungstenite::{Message, protocol::frame::coding::CloseCode};

async fn connected() -> (Server, Client) {
    let server = Server::start();
    let client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
    (server, client)
}

fn close_code(code: CloseCode) -> u16 {
    code.into()
}

mod handshake {
    use super::*;

    #[tokio::test]
    async fn takes_the_token_in_the_header_the_query_or_a_subprotocol() {
        let server = Server::start();
        let token = signed(&claims("u-1", "t-1"));
        let (bearer, query) = (format!("Bearer {token}"), format!("/ws?token={token}"));
        let offered = format!("streamer.v1, bearer.{token}");

        for (path, header) in [
            ("/ws", Some(("authorization", bearer.as_str()))),
            (query.as_str(), None),
            ("/ws", Some(("sec-websocket-protocol", offered.as_str()))),
        ] {
            let headers: Vec<_> = header.into_iter().collect();
            let mut client = Client::try_connect(server.address(), path, &headers).await.unwrap();

            let answer = client.ask(json!({ "action": "whoami" })).await;

            assert_eq!(answer["data"]["user_id"], "u-1", "{path} {headers:?}");
        }
    }

    #[tokio::test]
    async fn selects_the_protocol_and_never_echoes_the_token() {
        let server = Server::start();
        let token = signed(&claims("u-1", "t-1"));
        let offered = format!("bearer.{token}, streamer.v1");

        let client =
            Client::try_connect(server.address(), "/ws", &[("sec-websocket-protocol", &offered)]).await;

        let response = client.unwrap().response;
        assert_eq!(response.headers()["sec-websocket-protocol"], "streamer.v1");
        assert!(!format!("{response:?}").contains(&token));
    }

    #[tokio::test]
    async fn refuses_subprotocols_without_ours() {
        let server = Server::start();
        let token = signed(&claims("u-1", "t-1"));

        for offered in [format!("bearer.{token}"), format!("chat, bearer.{token}")] {
            let headers = [("sec-websocket-protocol", offered.as_str())];
            let (status, body, response) =
                refusal(Client::try_connect(server.address(), "/ws", &headers).await);

            assert_eq!((status, &body["error"]["code"]), (400, &json!("VALIDATION_ERROR")));
            assert!(!format!("{response:?}").contains(&token));
        }
    }

    #[tokio::test]
    async fn refuses_a_bad_token_before_the_upgrade() {
        let server = Server::start();
        let good = signed(&claims("u-1", "t-1"));
        let forged = format!("{}x", &good[..good.len() - 2]);

        for token in [forged.as_str(), "no-token", ""] {
            let header = format!("Bearer {token}");
            let result = Client::try_connect(server.address(), "/ws", &[("authorization", &header)]).await;
            let (status, body, response) = refusal(result);

            assert_eq!(
                (status, &body["type"], &body["error"]["code"]),
                (401, &json!("error"), &json!("UNAUTHORIZED"))
            );
            assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
            assert_eq!(response.headers()["content-type"], "application/json");
        }
    }

    #[tokio::test]
    async fn refuses_two_tokens_that_differ() {
        let server = Server::start();
        let header = format!("Bearer {}", signed(&claims("u-1", "t-1")));
        let path = format!("/ws?token={}", signed(&claims("u-2", "t-1")));

        let result = Client::try_connect(server.address(), &path, &[("authorization", &header)]).await;

        assert_eq!(refusal(result).0, 401);
    }

    #[tokio::test]
    async fn refuses_more_connections_than_it_may_hold() {
        let server = Server::start_with(&["--db", "memory:", "--max-connections", "2"]);
        let token = signed(&claims("u-1", "t-1"));
        let path = format!("/ws?token={token}");
        let mut first = Client::connect(server.address(), &token).await;
        let _second = Client::connect(server.address(), &token).await;

        let (status, body, response) = refusal(Client::try_connect(server.address(), &path, &[]).await);

        assert_eq!((status, &body["error"]["code"]), (503, &json!("RATE_LIMITED")));
        assert!(response.headers().contains_key("retry-after"));
        first.socket.close(None).await.unwrap();
        first.closed().await;
        let again = async {
            while Client::try_connect(server.address(), &path, &[]).await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(support::PATIENCE, again).await.expect("the place is free again");
    }
}

mod action {
    use super::*;

    #[tokio::test]
    async fn ping_answers_with_its_id() {
        let (_server, mut client) = connected().await;

        let answer = client.ask(json!({ "id": "r#1", "action": "ping" })).await;

        assert_eq!((&answer["type"], &answer["request_id"]), (&json!("response"), &json!("r#1")));
        assert_eq!((&answer["success"], &answer["data"]["pong"]), (&json!(true), &json!(true)));
    }

    #[tokio::test]
    async fn whoami_says_connection_user_and_tenant() {
        let (_server, mut client) = connected().await;

        let answer = client.ask(json!({ "action": "whoami", "payload": { "any": 1 } })).await;

        let data = answer["data"].as_object().unwrap();
        assert_eq!((&data["user_id"], &data["tenant_id"]), (&json!("u-1"), &json!("t-1")));
        assert!(!data["connection_id"].as_str().unwrap().is_empty());
        assert_eq!((&data["permissions"], data.len()), (&json!([]), 4));
    }

    #[tokio::test]
    async fn unknown_is_refused_by_its_id() {
        let (_server, mut client) = connected().await;

        let answer = client.ask(json!({ "id": "r-1", "action": "dance" })).await;

        assert_eq!((&answer["type"], &answer["request_id"]), (&json!("error"), &json!("r-1")));
        assert_eq!(answer["error"]["code"], "INVALID_ACTION");
    }

    #[tokio::test]
    async fn answers_a_repeated_id_each_time() {
        let (_server, mut client) = connected().await;

        for _ in 0..3 {
            let answer = client.ask(json!({ "id": "same", "action": "ping" })).await;

            assert_eq!((&answer["type"], &answer["request_id"]), (&json!("response"), &json!("same")));
        }
    }
}

mod bad_input {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
        time::timeout,
    };

    use super::*;

    async fn still_answers(client: &mut Client) {
        assert_eq!(client.ask(json!({ "action": "ping" })).await["type"], "response");
    }

    #[tokio::test]
    async fn malformed_messages_are_answered_and_the_connection_lives() {
        let (_server, mut client) = connected().await;
        let depth_bomb = "[".repeat(100_000);

        for text in
            ["", "{", "[]", "null", "\0", r#"{"action":7}"#, r#"{"id":"","action":"ping"}"#, &depth_bomb]
        {
            client.send_text(text).await;
            let answer = client.receive().await;

            assert_eq!(answer["error"]["code"], "VALIDATION_ERROR", "{answer}");
        }
        still_answers(&mut client).await;
    }

    #[tokio::test]
    async fn long_ids_are_refused_and_the_connection_lives() {
        let (_server, mut client) = connected().await;

        client.send_text(json!({ "id": "x".repeat(10 * 1024), "action": "ping" }).to_string()).await;
        let answer = client.receive().await;

        assert_eq!(answer["error"]["details"]["field"], "id");
        still_answers(&mut client).await;
    }

    #[tokio::test]
    async fn binary_frames_are_refused_and_the_connection_lives() {
        let (_server, mut client) = connected().await;

        client.socket.send(Message::binary(br#"{"action":"ping"}"#.to_vec())).await.unwrap();

        assert_eq!(client.receive().await["error"]["code"], "VALIDATION_ERROR");
        still_answers(&mut client).await;
    }

    #[tokio::test]
    async fn large_messages_are_refused_by_their_id_and_the_connection_lives() {
        let (_server, mut client) = connected().await;

        for size in [128 * 1024, 1024 * 1024 - 100] {
            let message = json!({ "payload": { "p": "x".repeat(size) }, "id": "r-1", "action": "ping" });
            let answer = client.ask(message).await;

            assert_eq!(
                (&answer["error"]["code"], &answer["request_id"]),
                (&json!("TOO_LARGE"), &json!("r-1"))
            );
        }
        still_answers(&mut client).await;
    }

    #[tokio::test]
    async fn huge_messages_close_with_1009() {
        for size in [1024 * 1024 + 1, 20 * 1024 * 1024] {
            let (_server, mut client) = connected().await;

            // The whole message is taken: a client that is reset while it writes never reads why.
            client.socket.send(Message::text("x".repeat(size))).await.unwrap();

            assert_eq!(close_code(client.closed().await.unwrap().code), 1009, "{size}");
        }
    }

    #[tokio::test]
    async fn huge_fragmented_messages_close_with_1009() {
        use tokio_tungstenite::tungstenite::protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        };

        let (_server, mut client) = connected().await;
        let part = "x".repeat(700 * 1024);
        for kind in [Data::Text, Data::Continue] {
            let frame = Frame::message(part.clone(), OpCode::Data(kind), false);
            client.socket.send(Message::Frame(frame)).await.unwrap();
        }

        assert_eq!(close_code(client.closed().await.unwrap().code), 1009);
    }

    #[tokio::test]
    async fn text_that_is_not_utf_8_closes_with_1007() {
        use tokio_tungstenite::tungstenite::protocol::frame::{
            Frame,
            coding::{Data, OpCode},
        };

        let (_server, mut client) = connected().await;
        let frame = Frame::message(vec![0xff, 0xfe], OpCode::Data(Data::Text), true);

        client.socket.send(Message::Frame(frame)).await.unwrap();

        assert_eq!(close_code(client.closed().await.unwrap().code), 1007);
    }

    #[tokio::test]
    async fn frames_without_mask_close_with_1002() {
        let server = Server::start();
        let mut stream = upgraded(server.address()).await;

        stream.write_all(b"\x81\x02{}").await.unwrap();

        let mut frame = [0; 4];
        timeout(support::PATIENCE, stream.read_exact(&mut frame)).await.unwrap().unwrap();
        assert_eq!((frame[0], u16::from_be_bytes([frame[2], frame[3]])), (0x88, 1002));
    }

    #[tokio::test]
    async fn any_bytes_after_the_upgrade_harm_nobody() {
        let server = Server::start();
        let mut bytes = vec![0_u8; 512];
        for _ in 0..100 {
            getrandom::fill(&mut bytes).unwrap();
            let mut stream = upgraded(server.address()).await;
            // The server may have closed already.
            let _ = stream.write_all(&bytes).await;
        }

        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
        still_answers(&mut client).await;
        server.terminate();
        let output = server.finish();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && !stderr.contains("panicked"), "{stderr}");
    }

    /// A raw connection after its 101.
    async fn upgraded(address: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET /ws?token={} HTTP/1.1\r\nHost: {address}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            signed(&claims("u-1", "t-1"))
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(timeout(support::PATIENCE, stream.read_u8()).await.unwrap().unwrap());
        }
        assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
        stream
    }

    #[tokio::test]
    async fn too_many_messages_are_limited_by_their_ids() {
        let (_server, mut client) = connected().await;
        for number in 0..150 {
            let message = json!({ "id": number.to_string(), "action": "ping" }).to_string();
            client.socket.feed(Message::text(message)).await.unwrap();
        }
        client.socket.flush().await.unwrap();

        let mut answers: Vec<Value> = Vec::new();
        for _ in 0..150 {
            answers.push(client.receive().await);
        }

        let limited = answers.iter().filter(|answer| answer["error"]["code"] == "RATE_LIMITED").count();
        assert!((1..=50).contains(&limited), "{limited} of 150");
        assert!(
            answers
                .iter()
                .enumerate()
                .all(|(number, answer)| answer["request_id"].as_str() == Some(&*number.to_string()))
        );
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        still_answers(&mut client).await;
    }

    #[tokio::test]
    async fn bad_messages_are_limited_too() {
        for bad in [Message::text("{"), Message::binary(vec![0])] {
            let (_server, mut client) = connected().await;
            for _ in 0..150 {
                client.socket.feed(bad.clone()).await.unwrap();
            }
            client.socket.flush().await.unwrap();

            let mut limited = 0;
            for _ in 0..150 {
                limited += u32::from(client.receive().await["error"]["code"] == "RATE_LIMITED");
            }

            assert!((1..=50).contains(&limited), "{limited} of 150 {bad:?}");
        }
    }

    #[tokio::test]
    async fn too_many_messages_for_long_close_with_4429() {
        let (_server, client) = connected().await;
        let (mut sink, mut stream) = client.socket.split();
        let flood = tokio::spawn(async move { while sink.send(Message::text("{")).await.is_ok() {} });

        let close = async {
            loop {
                if let Message::Close(frame) = stream.next().await.unwrap().unwrap() {
                    return frame.unwrap();
                }
            }
        };
        let close = timeout(support::PATIENCE, close).await.expect("a close");

        assert_eq!(u16::from(close.code), 4429);
        flood.abort();
    }
}
