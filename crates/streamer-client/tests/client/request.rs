use std::time::Duration;

use futures_util::StreamExt;
use serde_json::{Value, json};
use streamer_client::{Client, Code, ErrorKind, Request};

use crate::peer::{Peer, Session, soon};

/// A client that follows the request `r-1`.
async fn following(peer: &Peer) -> (Client, Session, Request) {
    let (client, mut session) = peer.connected().await;
    let request = submitted(&client, &mut session).await;
    (client, session, request)
}

async fn submitted(client: &Client, session: &mut Session) -> Request {
    let (request, ()) = tokio::join!(client.submit_as("r-1", "count", &json!({ "to": 3 })), async {
        session.receive_action("count").await;
        session.acknowledge("r-1").await;
    });
    request.unwrap()
}

/// Answers the next subscription, which has to be to `r-1`.
async fn subscribe(session: &mut Session) {
    let (id, payload) = session.receive_action("subscribe").await;
    assert_eq!(payload, json!({ "request_id": "r-1" }));
    session.respond(&id, json!({})).await;
}

mod submit {
    use super::*;

    #[tokio::test]
    async fn returns_when_the_request_is_acknowledged() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;
        let mut submit = std::pin::pin!(client.submit("count", &json!({ "to": 3 })));
        let message = tokio::select! {
            _ = &mut submit => panic!("not acknowledged"),
            message = session.receive() => message,
        };
        let waited = tokio::time::timeout(Duration::from_millis(100), &mut submit).await;
        assert!(waited.is_err());

        session.acknowledge(message["id"].as_str().unwrap()).await;

        let request = soon(submit).await.unwrap();
        assert_eq!(message, json!({ "id": request.id(), "action": "count", "payload": { "to": 3 } }));
        assert_eq!(request.id().len(), 36);
    }

    #[tokio::test]
    async fn is_sent_again_with_its_id_when_the_connection_is_lost_before_the_acknowledgment() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;

        let (request, ()) = tokio::join!(client.submit("count", &json!({ "to": 3 })), async {
            let first = session.receive().await;
            drop(session);
            let mut session = peer.accept().await;
            let again = session.receive().await;
            assert_eq!(first, again);
            let id = again["id"].as_str().unwrap();
            session.acknowledge(id).await;
            session.complete(id, json!({ "count": 3 })).await;
        });

        assert_eq!(soon(request.unwrap().result::<Value>()).await.unwrap(), json!({ "count": 3 }));
    }

    #[tokio::test]
    async fn refuses_an_id_that_stands_for_something_else_and_the_first_goes_on() {
        let peer = Peer::bind().await;
        let (client, mut session, first) = following(&peer).await;

        let (second, ()) = tokio::join!(client.submit_as("r-1", "other", &()), async {
            session.receive_action("other").await;
            session.fail("r-1", "ALREADY_EXISTS").await;
            // Even one that nobody asked for ends nothing.
            session.fail("r-1", "ALREADY_EXISTS").await;
            session.complete("r-1", json!({ "count": 3 })).await;
        });

        assert_eq!(*second.unwrap_err().kind(), ErrorKind::Refused { code: Code::AlreadyExists });
        assert_eq!(soon(first.result::<Value>()).await.unwrap(), json!({ "count": 3 }));
    }

    #[tokio::test]
    async fn of_the_same_twice_gives_the_same_request() {
        let peer = Peer::bind().await;
        let (client, mut session, first) = following(&peer).await;
        session.progress("r-1", 40).await;
        soon(first.progress().next()).await.unwrap();

        let second = submitted(&client, &mut session).await;
        session.complete("r-1", json!({})).await;

        assert_eq!(second.last_progress(), first.last_progress());
        assert!(second.last_progress().is_some());
        assert!(soon(second.result::<Value>()).await.is_ok() && soon(first.result::<Value>()).await.is_ok());
    }

    #[tokio::test]
    async fn of_what_is_answered_at_once_gives_a_request_that_has_ended() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;

        let (request, ()) = tokio::join!(client.submit("ping", &()), async {
            let (id, _) = session.receive_action("ping").await;
            session.respond(&id, json!({ "pong": true })).await;
        });

        let request = request.unwrap();
        assert!(request.has_ended());
        assert_eq!(request.result::<Value>().await.unwrap(), json!({ "pong": true }));
        assert!(request.progress().next().await.is_none());
    }

    #[tokio::test]
    async fn that_is_refused_says_why() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;

        let (request, ()) = tokio::join!(client.submit("dance", &()), async {
            let (id, _) = session.receive_action("dance").await;
            let details = json!({ "field": "action" });
            let error = json!({ "code": "INVALID_ACTION", "message": "no such", "details": details });
            session.fail_with(&id, error).await;
        });

        let error = request.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Refused { code: Code::InvalidAction });
        assert_eq!(error.failure().unwrap().details, Some(json!({ "field": "action" })));
        assert!(!error.is_retryable());
    }
}

mod progress {
    use super::*;

    #[tokio::test]
    async fn comes_as_a_stream_that_ends_with_the_request() {
        let peer = Peer::bind().await;
        let (_client, mut session, request) = following(&peer).await;
        let mut progress = request.progress();

        for percentage in [10, 50, 100] {
            session.progress("r-1", percentage).await;
            assert_eq!(soon(progress.next()).await.unwrap().percentage, percentage);
        }
        session.complete("r-1", json!({})).await;

        assert_eq!(soon(progress.next()).await, None);
    }

    #[tokio::test]
    async fn never_falls() {
        let peer = Peer::bind().await;
        let (_client, mut session, request) = following(&peer).await;
        let mut progress = request.progress();

        session.progress("r-1", 50).await;
        assert_eq!(soon(progress.next()).await.unwrap().percentage, 50);
        for percentage in [20, 50] {
            session.progress("r-1", percentage).await;
            // A newer one would hide it.
            let next = tokio::time::timeout(Duration::from_millis(200), progress.next()).await;
            assert!(next.is_err(), "{next:?}");
        }
        session.progress("r-1", 60).await;

        assert_eq!(soon(progress.next()).await.unwrap().percentage, 60);
    }

    #[tokio::test]
    async fn of_the_same_percentage_comes_when_it_says_something_else() {
        let peer = Peer::bind().await;
        let (_client, mut session, request) = following(&peer).await;
        let mut progress = request.progress();
        let said = |message: &str| {
            json!({
                "type": "progress", "request_id": "r-1", "percentage": 50, "message": message, "timestamp": 1
            })
        };

        for message in ["reading", "writing"] {
            session.send(said(message)).await;

            assert_eq!(soon(progress.next()).await.unwrap().message.as_deref(), Some(message));
        }
    }

    #[tokio::test]
    async fn of_a_slow_reader_is_the_newest_alone_and_the_last_is_seen() {
        let peer = Peer::bind().await;
        let (_client, mut session, request) = following(&peer).await;

        for percentage in 0..=100 {
            session.progress("r-1", percentage).await;
        }
        session.complete("r-1", json!({})).await;
        soon(request.result::<Value>()).await.unwrap();

        let seen: Vec<_> = request.progress().map(|progress| progress.percentage).collect().await;
        assert_eq!(seen, [100]);
    }
}

mod end {
    use super::*;

    #[tokio::test]
    async fn is_an_error_with_the_code_of_the_failure() {
        for (code, kind) in [
            ("PROCESSING_FAILED", ErrorKind::Failed { code: Code::ProcessingFailed }),
            ("VALIDATION_ERROR", ErrorKind::Failed { code: Code::ValidationError }),
            ("NOT_FOUND", ErrorKind::Failed { code: Code::NotFound }),
            ("CANCELLED", ErrorKind::Cancelled),
        ] {
            let peer = Peer::bind().await;
            let (_client, mut session, request) = following(&peer).await;

            session.fail("r-1", code).await;

            let error = soon(request.result::<Value>()).await.unwrap_err();
            assert_eq!(*error.kind(), kind);
            assert_eq!(error.failure().unwrap().message, "said so");
            assert_eq!(soon(request.progress().next()).await, None);
        }
    }

    #[tokio::test]
    async fn is_told_to_every_clone_and_stays() {
        let peer = Peer::bind().await;
        let (_client, mut session, request) = following(&peer).await;
        let clone = request.clone();

        session.complete("r-1", json!({ "n": 12_345_678_901_234_567_890_u64 })).await;
        session.fail("r-1", "PROCESSING_FAILED").await;

        for request in [&request, &clone, &request] {
            let result: Value = soon(request.result()).await.unwrap();
            assert_eq!(result["n"], 12_345_678_901_234_567_890_u64);
        }
    }

    #[tokio::test]
    async fn of_a_cancelled_request_comes_after_the_answer() {
        let peer = Peer::bind().await;
        let (_client, mut session, request) = following(&peer).await;

        let (cancelled, ()) = tokio::join!(request.cancel(), async {
            let (id, payload) = session.receive_action("cancel").await;
            assert_eq!(payload, json!({ "request_id": "r-1" }));
            session.respond(&id, json!({ "status": "CANCELLED" })).await;
            session.fail("r-1", "CANCELLED").await;
        });

        assert!(cancelled.is_ok());
        let error = soon(request.result::<Value>()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Cancelled);
        assert_eq!(error.to_string(), "request `r-1` was cancelled");
    }
}

mod subscribe {
    use super::*;

    #[tokio::test]
    async fn follows_a_request_that_was_submitted_elsewhere() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;

        let (request, ()) = tokio::join!(client.subscribe("r-1"), async {
            subscribe(&mut session).await;
            session.progress("r-1", 70).await;
            session.complete("r-1", json!({ "count": 3 })).await;
        });

        assert_eq!(soon(request.unwrap().result::<Value>()).await.unwrap(), json!({ "count": 3 }));
    }

    #[tokio::test]
    async fn takes_the_end_before_the_answer_as_well() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;

        let (request, ()) = tokio::join!(client.subscribe("r-1"), async {
            let (id, _) = session.receive_action("subscribe").await;
            session.progress("r-1", 70).await;
            session.complete("r-1", json!({ "count": 3 })).await;
            session.respond(&id, json!({})).await;
        });

        let request = request.unwrap();
        assert_eq!(request.last_progress().unwrap().percentage, 70);
        assert_eq!(soon(request.result::<Value>()).await.unwrap(), json!({ "count": 3 }));
    }

    #[tokio::test]
    async fn refuses_what_is_not_there() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;

        let (request, ()) = tokio::join!(client.subscribe("r-1"), async {
            let (id, _) = session.receive_action("subscribe").await;
            session.fail(&id, "NOT_FOUND").await;
        });

        assert_eq!(*request.unwrap_err().kind(), ErrorKind::Refused { code: Code::NotFound });
    }

    #[tokio::test]
    async fn sends_nothing_where_the_request_is_followed_already() {
        let peer = Peer::bind().await;
        let (client, mut session, first) = following(&peer).await;

        let second = soon(client.subscribe("r-1")).await.unwrap();

        drop(first);
        session.complete("r-1", json!({})).await;
        assert!(soon(second.result::<Value>()).await.is_ok());
    }
}

mod lost_connection {
    use super::*;

    #[tokio::test]
    async fn is_caught_up_with_and_progress_does_not_fall() {
        let peer = Peer::bind().await;
        let (_client, mut session, request) = following(&peer).await;
        let mut progress = request.progress();
        session.progress("r-1", 30).await;
        assert_eq!(soon(progress.next()).await.unwrap().percentage, 30);

        for percentage in [50, 70] {
            drop(session);
            session = peer.accept().await;
            subscribe(&mut session).await;
            session.progress("r-1", 10).await;
            session.progress("r-1", percentage).await;

            assert_eq!(soon(progress.next()).await.unwrap().percentage, percentage);
        }
        session.complete("r-1", json!({})).await;
        assert_eq!(soon(progress.next()).await, None);
    }

    #[tokio::test]
    async fn before_the_end_ends_with_what_is_stored() {
        let peer = Peer::bind().await;
        let (_client, session, request) = following(&peer).await;

        session.close(1001).await;
        let mut session = peer.accept().await;
        subscribe(&mut session).await;
        session.complete("r-1", json!({ "count": 3 })).await;

        assert_eq!(soon(request.result::<Value>()).await.unwrap(), json!({ "count": 3 }));
    }

    #[tokio::test]
    async fn during_which_the_request_was_removed_ends_it_as_not_found() {
        let peer = Peer::bind().await;
        let (_client, session, request) = following(&peer).await;

        drop(session);
        let mut session = peer.accept().await;
        let (id, _) = session.receive_action("subscribe").await;
        session.fail(&id, "NOT_FOUND").await;

        let error = soon(request.result::<Value>()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Failed { code: Code::NotFound });
    }

    #[tokio::test]
    async fn and_a_server_that_fails_at_the_subscription_for_a_moment_end_nothing() {
        let peer = Peer::bind().await;
        let (_client, session, request) = following(&peer).await;

        drop(session);
        let mut session = peer.accept().await;
        let (id, _) = session.receive_action("subscribe").await;
        session.fail(&id, "INTERNAL_ERROR").await;
        subscribe(&mut session).await;
        session.complete("r-1", json!({})).await;

        assert!(soon(request.result::<Value>()).await.is_ok());
    }

    #[tokio::test]
    async fn asks_for_nothing_that_has_ended() {
        let peer = Peer::bind().await;
        let (client, mut session, request) = following(&peer).await;
        session.complete("r-1", json!({})).await;
        soon(request.result::<Value>()).await.unwrap();

        drop(session);
        let mut session = peer.accept().await;
        let next = tokio::spawn(async move { client.call::<Value, _>("ping", &()).await });

        session.receive_action("ping").await;
        next.abort();
    }
}

mod handle {
    use super::*;

    #[tokio::test]
    async fn that_was_the_last_unsubscribes_when_it_is_dropped() {
        let peer = Peer::bind().await;
        let (client, mut session, request) = following(&peer).await;
        let clone = request.clone();
        let progress = request.progress();

        drop((request, clone, progress));

        let (_, payload) = session.receive_action("unsubscribe").await;
        assert_eq!(payload, json!({ "request_id": "r-1" }));
        drop(client);
    }

    #[tokio::test]
    async fn of_which_there_are_more_is_dropped_in_silence() {
        let peer = Peer::bind().await;
        let (client, mut session, request) = following(&peer).await;
        let progress = request.progress();

        drop(request.clone());
        drop(progress);
        let next = tokio::spawn(async move { client.call::<Value, _>("ping", &()).await });

        session.receive_action("ping").await;
        next.abort();
        drop(request);
    }

    #[tokio::test]
    async fn that_is_given_up_before_the_acknowledgment_leaves_nothing_behind() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;
        give_up(&client).await;

        session.receive_action("count").await;
        session.acknowledge("r-1").await;
        session.receive_action("unsubscribe").await;

        let again = submitted(&client, &mut session).await;
        session.complete("r-1", json!({})).await;
        assert!(soon(again.result::<Value>()).await.is_ok());
    }

    #[tokio::test]
    async fn that_is_given_up_leaves_its_acknowledgment_to_no_other_submission() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;
        give_up(&client).await;
        session.receive_action("count").await;

        let other = client.submit_as("r-1", "other", &()).await;
        let again = tokio::spawn(client.submit_as("r-1", "count", &json!({ "to": 3 })));
        session.receive_action("count").await;
        session.acknowledge("r-1").await;
        session.acknowledge("r-1").await;
        session.complete("r-1", json!({})).await;

        assert_eq!(*other.unwrap_err().kind(), ErrorKind::Invalid);
        assert!(soon(again).await.unwrap().unwrap().result::<Value>().await.is_ok());
    }

    #[tokio::test]
    async fn that_is_given_up_is_not_sent_again() {
        let peer = Peer::bind().await;
        let (client, mut session) = peer.connected().await;
        give_up(&client).await;
        session.receive_action("count").await;

        drop(session);
        let mut session = peer.accept().await;
        let again = tokio::spawn(client.submit_as("r-1", "other", &()));

        session.receive_action("other").await;
        again.abort();
    }

    async fn give_up(client: &Client) {
        let submit = client.submit_as("r-1", "count", &json!({ "to": 3 }));
        assert!(tokio::time::timeout(Duration::from_millis(100), submit).await.is_err());
    }
}
