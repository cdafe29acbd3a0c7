use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use streamer_client::{Code, ErrorKind};

use crate::peer::{Peer, soon};

#[derive(Debug, Deserialize, PartialEq)]
struct Whoami {
    user_id: String,
}

#[tokio::test]
async fn sends_a_message_and_reads_its_answer() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    let (answer, ()) = tokio::join!(client.call::<Whoami, _>("whoami", &()), async {
        let message = session.receive().await;
        assert_eq!((&message["action"], message.get("payload")), (&json!("whoami"), None));
        session.respond(message["id"].as_str().unwrap(), json!({ "user_id": "ann", "more": 1 })).await;
    });

    assert_eq!(answer.unwrap(), Whoami { user_id: "ann".to_owned() });
}

#[tokio::test]
async fn answers_are_told_apart_by_their_ids() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    let (first, second, ()) = tokio::join!(
        client.call::<Value, _>("echo", &json!({ "n": 1 })),
        client.call::<Value, _>("echo", &json!({ "n": 2 })),
        async {
            let (first, second) = (session.receive().await, session.receive().await);
            session.respond("nobody's", json!({})).await;
            for message in [second, first] {
                session.respond(message["id"].as_str().unwrap(), message["payload"].clone()).await;
            }
        }
    );

    assert_eq!((first.unwrap(), second.unwrap()), (json!({ "n": 1 }), json!({ "n": 2 })));
}

#[tokio::test]
async fn a_refusal_says_its_code() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    for (code, kind) in [
        ("INVALID_ACTION", ErrorKind::Refused { code: Code::InvalidAction }),
        ("BRAND_NEW", ErrorKind::Refused { code: Code::Other("BRAND_NEW".into()) }),
        ("UNAUTHORIZED", ErrorKind::Unauthorized),
    ] {
        let (answer, ()) = tokio::join!(client.call::<Value, _>("dance", &()), async {
            let (id, _) = session.receive_action("dance").await;
            let error = json!({ "code": code, "message": "said so" });
            session
                .send_other(json!({ "type": "error", "request_id": id, "error": error, "timestamp": 1 }))
                .await;
        });

        let error = answer.unwrap_err();
        assert_eq!(*error.kind(), kind);
        assert_eq!(error.to_string(), format!("the message is refused: {code}: said so"));
    }
}

#[tokio::test]
async fn what_is_sent_too_fast_is_sent_again_when_the_server_says() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    let (answer, ()) = tokio::join!(client.call::<Value, _>("echo", &json!({ "n": 1 })), async {
        let first = session.receive().await;
        let limited =
            json!({ "code": "RATE_LIMITED", "message": "slow", "details": { "retry_after_ms": 200 } });
        let asked = std::time::Instant::now();
        session.fail_with(first["id"].as_str().unwrap(), limited).await;
        let again = session.receive().await;
        assert!(asked.elapsed() >= Duration::from_millis(200), "{:?}", asked.elapsed());
        assert_eq!(first, again);
        session.respond(again["id"].as_str().unwrap(), json!({})).await;
    });

    assert_eq!(answer.unwrap(), json!({}));
}

#[tokio::test]
async fn that_is_refused_for_now_without_a_time_is_not_sent_again() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    let (answer, ()) = tokio::join!(client.submit("count", &()), async {
        let (id, _) = session.receive_action("count").await;
        session.fail(&id, "RATE_LIMITED").await;
    });

    let error = answer.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Refused { code: Code::RateLimited });
    assert!(error.is_retryable());
}

#[tokio::test]
async fn sends_no_more_messages_than_the_server_takes() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;
    for _ in 0..120 {
        let client = client.clone();
        tokio::spawn(async move { client.call::<Value, _>("ping", &()).await });
    }

    let begin = std::time::Instant::now();
    for _ in 0..100 {
        session.receive().await;
    }
    let hundred = begin.elapsed();
    for _ in 100..120 {
        session.receive().await;
    }

    // 50 a second after a burst of 100 is the limit.
    assert!(hundred >= Duration::from_millis(200), "{hundred:?}");
    assert!(begin.elapsed() >= Duration::from_millis(640), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn ends_in_time_without_an_answer() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connect(peer.builder().answer_within(Duration::from_millis(100))).await;

    let error = client.call::<Value, _>("echo", &()).await.unwrap_err();

    assert_eq!(*error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable());
    // The answer that comes too late harms nobody.
    let (id, _) = session.receive_action("echo").await;
    session.respond(&id, json!({})).await;
    assert_eq!(*client.call::<Value, _>("echo", &()).await.unwrap_err().kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn an_answer_of_another_type_is_named_without_its_content() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    let (answer, ()) = tokio::join!(client.call::<Whoami, _>("whoami", &()), async {
        let (id, _) = session.receive_action("whoami").await;
        session.respond(&id, json!({ "user_id": ["secret"] })).await;
    });

    let error = answer.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Decode);
    assert!(error.to_string().starts_with("the answer to `whoami` is not of the type"), "{error}");
    assert!(!format!("{error:?}").contains("secret"));
}

#[tokio::test]
async fn what_the_protocol_does_not_allow_is_not_sent() {
    #[derive(Serialize)]
    struct Large {
        text: String,
    }
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;
    let large = Large { text: "x".repeat(128 * 1024) };

    let too_large = client.call::<Value, _>("echo", &large).await.unwrap_err();
    let no_object = client.call::<Value, _>("echo", &json!([1])).await.unwrap_err();
    let no_action = client.call::<Value, _>("", &()).await.unwrap_err();
    let long_id = client.submit_as("ü".repeat(129), "echo", &()).await.unwrap_err();
    let no_id = client.subscribe("").await.unwrap_err();

    assert!(matches!(too_large.kind(), ErrorKind::TooLarge { limit: 131_072, .. }), "{too_large:?}");
    for error in [no_object, no_action, long_id, no_id] {
        assert_eq!(*error.kind(), ErrorKind::Invalid, "{error}");
    }
    let next = client.call::<Value, _>("ping", &());
    tokio::pin!(next);
    tokio::select! {
        _ = &mut next => panic!("answered by nobody"),
        message = session.receive_action("ping") => drop(message),
    }
}

#[tokio::test]
async fn of_a_queued_action_says_so() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    let (answer, ()) = tokio::join!(client.call::<Value, _>("count", &()), async {
        let (id, _) = session.receive_action("count").await;
        session.acknowledge(&id).await;
    });

    let error = answer.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("submit it"), "{error}");
}

#[tokio::test]
async fn that_changes_nothing_is_sent_again_on_the_next_connection() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    let (answer, ()) = tokio::join!(client.call::<Value, _>("whoami", &()), async {
        let first = session.receive().await;
        drop(session);
        let mut session = peer.accept().await;
        let again = session.receive().await;
        assert_eq!(first, again);
        session.respond(again["id"].as_str().unwrap(), json!({ "user_id": "ann" })).await;
    });

    assert_eq!(answer.unwrap(), json!({ "user_id": "ann" }));
}

#[tokio::test]
async fn that_may_have_been_done_is_not_sent_again() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connected().await;

    let (answer, mut session) = tokio::join!(client.call::<Value, _>("pay", &()), async {
        session.receive_action("pay").await;
        drop(session);
        peer.accept().await
    });

    let error = answer.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Connection);
    assert!(error.to_string().contains("may have been done"), "{error}");
    let (_, ()) = tokio::join!(client.call::<Value, _>("ping", &()), async {
        let (id, _) = session.receive_action("ping").await;
        session.respond(&id, json!({})).await;
    });
}

#[tokio::test]
async fn made_without_a_connection_goes_out_on_the_next() {
    let peer = Peer::bind().await;
    let (client, session) = peer.connected().await;
    session.close(1001).await;

    let (answer, ()) = tokio::join!(client.call::<Value, _>("pay", &()), async {
        let mut session = peer.accept().await;
        let (id, _) = session.receive_action("pay").await;
        session.respond(&id, json!({ "paid": true })).await;
    });

    assert_eq!(soon(async { answer.unwrap() }).await, json!({ "paid": true }));
}
