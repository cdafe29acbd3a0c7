use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use serde_json::Value;
use streamer_client::ErrorKind;

use crate::peer::{Peer, soon};

#[tokio::test]
async fn goes_into_the_header_and_nowhere_else() {
    let peer = Peer::bind().await;
    let builder = peer.builder().token("s3cret");

    let shown = format!("{builder:?}");
    let (client, session) = peer.connect(builder).await;

    assert_eq!(session.authorization.as_deref(), Some("Bearer s3cret"));
    assert!(!shown.contains("s3cret") && !format!("{client:?}").contains("s3cret"), "{shown}");
}

#[tokio::test]
async fn with_characters_of_no_header_is_refused_without_being_quoted() {
    let peer = Peer::bind().await;

    let error = peer.builder().token("s3cret\n").connect().await.unwrap_err();

    assert_eq!(*error.kind(), ErrorKind::Invalid);
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[tokio::test]
async fn that_has_ended_is_replaced_by_the_provider() {
    let peer = Peer::bind().await;
    let count = Arc::new(AtomicU32::new(0));
    let provider = move || {
        let number = count.fetch_add(1, Ordering::Relaxed);
        async move { Ok(format!("token-{number}")) }
    };
    let (_client, session) = peer.connect(peer.builder().token_provider(provider)).await;
    assert_eq!(session.authorization.as_deref(), Some("Bearer token-0"));

    session.close(4401).await;

    assert_eq!(peer.accept().await.authorization.as_deref(), Some("Bearer token-1"));
}

#[tokio::test]
async fn that_has_ended_and_is_the_only_one_ends_the_client() {
    let peer = Peer::bind().await;
    let (client, mut session) = peer.connect(peer.builder().token("t")).await;
    let (request, ()) = tokio::join!(client.submit_as("r-1", "count", &()), async {
        session.receive().await;
        session.acknowledge("r-1").await;
    });

    session.close(4401).await;

    let error = soon(request.unwrap().result::<Value>()).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unauthorized);
    assert!(peer.is_left_alone().await);
    assert_eq!(*client.call::<Value, _>("ping", &()).await.unwrap_err().kind(), ErrorKind::Unauthorized);
}

#[tokio::test]
async fn that_the_server_refuses_ends_the_attempt() {
    let peer = Peer::bind().await;
    let body =
        r#"{"type":"error","error":{"code":"UNAUTHORIZED","message":"the token has ended"},"timestamp":1}"#;
    let answer = format!("HTTP/1.1 401 Unauthorized\r\nContent-Length: {}\r\n\r\n{body}", body.len());

    let (client, ()) = tokio::join!(peer.builder().token("t").connect(), peer.answer_http(&answer));

    let error = client.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Unauthorized);
    assert!(error.to_string().ends_with("is refused: UNAUTHORIZED: the token has ended"), "{error}");
}

#[tokio::test]
async fn that_the_provider_lacks_for_a_moment_is_asked_for_again() {
    let peer = Peer::bind().await;
    let count = Arc::new(AtomicU32::new(0));
    let asked = Arc::clone(&count);
    let provider = move || {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        async move { if number == 1 { Err("no luck".into()) } else { Ok("t".to_owned()) } }
    };
    let (_client, session) = peer.connect(peer.builder().token_provider(provider)).await;

    drop(session);

    peer.accept().await;
    assert_eq!(count.load(Ordering::Relaxed), 3);
}
