use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use streamer_client::{Client, Code, ErrorKind};
use tokio_tungstenite::tungstenite::Message;

use crate::peer::{Peer, soon};

#[tokio::test]
async fn is_closed_in_good_order_when_the_last_handle_is_dropped() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;
    let (request, ()) = tokio::join!(client.submit_as("r-1", "count", &()), async {
        session.receive().await;
        session.acknowledge("r-1").await;
    });

    drop(client);
    session.progress("r-1", 10).await;
    let request = request.unwrap();
    let progress = soon(request.progress().next()).await.unwrap();
    drop(request);

    assert_eq!(progress.percentage, 10);
    assert_eq!(session.closed().await, Some(1000));
}

#[tokio::test]
async fn is_closed_for_everyone_on_request() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;
    let (request, ()) = tokio::join!(client.submit_as("r-1", "count", &()), async {
        session.receive().await;
        session.acknowledge("r-1").await;
    });

    let other = client.clone();
    let ((), code) = tokio::join!(client.close(), session.closed());

    assert_eq!(code, Some(1000));
    let error = soon(request.unwrap().result::<Value>()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Closed);
    assert_eq!(*other.call::<Value, _>("ping", &()).await.unwrap_err().kind(), ErrorKind::Closed);
    soon(other.close()).await;
}

#[tokio::test]
async fn is_made_again_whatever_the_server_ends_it_with() {
    let peer = Peer::bind().await;
    let (_client, mut session) = peer.connected().await;

    for code in [1001, 1011, 1012, 4404, 4408, 4429] {
        session.close(code).await;

        session = peer.accept().await;
    }
}

#[tokio::test]
async fn that_carried_a_message_is_made_again_soon_however_often() {
    let peer = Peer::bind().await;
    let (_client, mut session) = peer.connected().await;
    let begin = Instant::now();

    for _ in 0..12 {
        session.send_other(json!({ "type": "news" })).await;
        session.close(1001).await;
        session = peer.accept().await;
    }

    // Pauses that grow to 10 seconds would take 30 of them.
    assert!(begin.elapsed() < Duration::from_secs(11), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn is_not_made_again_after_what_would_end_it_the_same_way() {
    for code in [1002, 1007, 1009] {
        let peer = Peer::bind().await;
        let (client, session) = peer.connected().await;

        session.close(code).await;

        assert!(peer.is_left_alone().await, "{code}");
        let error = client.call::<Value, _>("ping", &()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Protocol, "{code}");
    }
}

#[tokio::test]
async fn that_cannot_be_made_again_in_time_ends_the_client() {
    let peer = Peer::bind().await;
    let builder = peer.builder().reconnect_within(Duration::from_millis(300));
    let (client, mut session) = peer.connect(builder).await;
    let (request, ()) = tokio::join!(client.submit_as("r-1", "count", &()), async {
        session.receive().await;
        session.acknowledge("r-1").await;
    });
    let begin = Instant::now();

    drop((session, peer));

    let error = soon(request.unwrap().result::<Value>()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Connection);
    assert!(error.to_string().ends_with("was lost for good"), "{error}");
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    assert_eq!(*client.call::<Value, _>("ping", &()).await.unwrap_err().kind(), ErrorKind::Connection);
}

#[tokio::test]
async fn is_tried_again_while_the_server_cannot_take_it() {
    let peer = Peer::bind().await;
    let (client, session) = peer.connected().await;
    session.close(1001).await;

    for status in ["503 Service Unavailable", "502 Bad Gateway", "429 Too Many Requests"] {
        peer.answer_http(&format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")).await;
    }

    let mut session = peer.accept().await;
    let (answer, ()) = tokio::join!(client.call::<Value, _>("ping", &()), async {
        let (id, _) = session.receive_action("ping").await;
        session.respond(&id, json!({})).await;
    });
    assert!(answer.is_ok());
}

#[tokio::test]
async fn waits_as_long_as_the_server_asks() {
    let peer = Peer::bind().await;
    let (_client, session) = peer.connected().await;
    session.close(1001).await;

    let busy = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
    peer.answer_http(busy).await;
    let begin = Instant::now();
    peer.accept().await;

    assert!(begin.elapsed() >= Duration::from_millis(950), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn to_what_is_no_streamer_is_refused() {
    let peer = Peer::bind().await;
    let not_found = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

    let (absent, ()) = tokio::join!(peer.builder().connect(), peer.answer_http(not_found));
    let (other, ()) = tokio::join!(peer.builder().connect(), peer.answer_http("SSH-2.0-other\r\n\r\n"));
    let nobody = Client::builder("ws://127.0.0.1:1/ws").connect().await;

    assert_eq!(*absent.unwrap_err().kind(), ErrorKind::Refused { code: Code::NotFound });
    assert_eq!(*other.unwrap_err().kind(), ErrorKind::Protocol);
    assert_eq!(*nobody.unwrap_err().kind(), ErrorKind::Connection);
}

#[tokio::test]
async fn needs_an_address_and_never_quotes_it() {
    for address in ["", "ws//s3cret", "http://127.0.0.1/?token=s3cret", "ws:///ws?token=s3cret", "/s3cret"] {
        let error = Client::builder(address).connect().await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::Invalid, "{address}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
    let refused = Client::builder("ws://127.0.0.1:1/ws?token=s3cret").connect().await.unwrap_err();
    assert!(!format!("{refused:?}").contains("s3cret"), "{refused:?}");
}

#[tokio::test]
async fn ends_with_a_server_that_breaks_the_protocol() {
    let nonsense = [
        "",
        "{",
        "[]",
        "7",
        "null",
        "{}",
        r#"{"type":7}"#,
        r#"{"type":"response"}"#,
        r#"{"type":"response","request_id":7,"data":{}}"#,
        r#"{"type":"acknowledgment"}"#,
        r#"{"type":"progress","request_id":"r","percentage":101,"timestamp":1}"#,
        r#"{"type":"progress","request_id":"r","percentage":-1,"timestamp":1}"#,
        r#"{"type":"progress","request_id":"r","timestamp":1}"#,
        r#"{"type":"complete","request_id":"r"}"#,
        r#"{"type":"error","request_id":"r","error":"s3cret","timestamp":1}"#,
        r#"{"type":"response","request_id":"r","data":{}} x"#,
        &"[".repeat(100_000),
    ];
    for text in nonsense {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;

        session.send_text(text).await;

        assert_eq!(session.closed().await, Some(1002), "{text:.60}");
        let error = client.call::<Value, _>("ping", &()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Protocol, "{text:.60}");
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[tokio::test]
async fn takes_no_harm_from_what_a_later_protocol_may_send() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    session.send_other(json!({ "type": "news", "request_id": [1] })).await;
    session.send_other(json!({ "type": "response", "request_id": "nobody's", "data": 1, "new": {} })).await;
    session
        .send_other(json!({ "type": "error", "error": { "code": "NEW", "message": "m" }, "timestamp": 1 }))
        .await;
    session.fail("nobody's", "NOT_FOUND").await;
    session.complete("nobody's", json!({})).await;
    session.progress("nobody's", 1).await;
    session.acknowledge("nobody's").await;

    let (answer, ()) = tokio::join!(client.call::<Value, _>("ping", &()), async {
        let (id, _) = session.receive_action("ping").await;
        session.respond(&id, json!({})).await;
    });
    assert!(answer.is_ok());
}

#[tokio::test]
async fn takes_no_larger_message_than_it_is_set_to() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connect(peer.builder().max_message_bytes(1000)).await;

    session.send_other(json!({ "type": "news", "text": "x".repeat(900) })).await;
    session.send_other(json!({ "type": "news", "text": "x".repeat(1000) })).await;
    session.closed().await;

    let error = client.call::<Value, _>("ping", &()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Protocol);
    assert!(error.to_string().contains("1000 bytes"), "{error}");
}

#[tokio::test]
async fn with_a_silent_server_is_made_again() {
    let peer = Peer::bind().await;
    let (_client, _silent) = peer.connect(peer.builder().keep_alive(Duration::from_millis(100))).await;

    // It never reads, so that no ping is answered.
    soon(peer.accept()).await;
}

#[tokio::test]
async fn with_a_server_that_answers_pings_lives() {
    let peer = Peer::bind().await;
    let (_client, mut session) = peer.connect(peer.builder().keep_alive(Duration::from_millis(100))).await;
    let pings = tokio::spawn(async move {
        let mut pings = 0;
        while let Some(Ok(frame)) = session.socket.next().await {
            pings += u32::from(frame.is_ping());
            if pings == 4 {
                return session;
            }
        }
        panic!("the client closed a living connection")
    });

    soon(pings).await.unwrap();
}

#[tokio::test]
async fn answers_the_servers_pings_while_nothing_else_happens() {
    let peer = Peer::bind().await;
    let (_client, mut session) = peer.connected().await;

    session.socket.send(Message::Ping(vec![7].into())).await.unwrap();

    assert_eq!(soon(session.socket.next()).await.unwrap().unwrap(), Message::Pong(vec![7].into()));
}
