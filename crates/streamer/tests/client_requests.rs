//! Requests of the typed client, carried out by a real server's workers, over connections that are cut.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use streamer::server::Ownership;
use streamer_client::{Client, Code, ErrorKind};
use streamer_store::{AsyncRequest, RequestKey, RequestStatus, StoreFactory};
use support::{
    PATIENCE,
    handler::{AtOnce, Gated, Restricted, Steps, Stubborn},
    proxy::Proxy,
    running::{Running, until},
    token::{claims, signed},
};

/// A server with the handlers of the tests, its stores, and a way to it that can be cut.
struct Stage {
    stores: StoreFactory,
    gated: Gated,
    proxy: Proxy,
    _server: Running,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Done {
    done: u8,
}

impl Stage {
    async fn new() -> Self {
        let (stores, gated) = (StoreFactory::connect("memory:").unwrap().with_shards(2), Gated::default());
        let of_server = gated.clone();
        let server = Running::start_with(&stores, Ownership::Exclusive, |server| {
            server.handler(Steps).handler(AtOnce).handler(of_server).handler(Stubborn).handler(Restricted)
        })
        .await;
        let proxy = Proxy::to(&server.address).await;
        Self { stores, gated, proxy, _server: server }
    }

    async fn client(&self, user: &str) -> Client {
        let token = signed(&claims(user, "t-1"));
        let url = format!("ws://{}/ws", self.proxy.address);
        Client::builder(url).token(token).answer_within(2 * PATIENCE).connect().await.unwrap()
    }

    async fn stored(&self, id: &str) -> AsyncRequest {
        self.stores.requests().get_consistent(&RequestKey::new("t-1", id)).await.unwrap()
    }
}

async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it to happen in time")
}

/// The percentages up to the end.
async fn percentages(request: &streamer_client::Request) -> Vec<u8> {
    soon(request.progress().map(|progress| progress.percentage).collect()).await
}

mod request {
    use super::*;

    #[tokio::test]
    async fn is_stored_when_it_is_submitted_then_progresses_then_has_its_result() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;

        let request = client.submit("steps", &json!({ "to": 4, "delay_ms": 100 })).await.unwrap();
        let stored = stage.stored(request.id()).await;
        let percentages = percentages(&request).await;
        let done: Done = soon(request.result()).await.unwrap();

        assert_eq!((&*stored.user_id, &*stored.action), ("ann", "steps"));
        assert!(!percentages.is_empty() && percentages.is_sorted(), "{percentages:?}");
        assert_eq!(done, Done { done: 4 });
    }

    #[tokio::test]
    async fn submitted_again_is_the_same_one_and_another_under_its_id_is_refused() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;
        let first = client.submit_as("r-1", "steps", &json!({ "to": 3 })).await.unwrap();
        soon(first.result::<Done>()).await.unwrap();

        let again = client.submit_as("r-1", "steps", &json!({ "to": 3 })).await.unwrap();
        let other = client.submit_as("r-1", "steps", &json!({ "to": 4 })).await;

        assert_eq!(soon(again.result::<Done>()).await.unwrap(), Done { done: 3 });
        assert_eq!(*other.unwrap_err().kind(), ErrorKind::Refused { code: Code::AlreadyExists });
        assert_eq!(stage.stored("r-1").await.attempt, 1);
    }

    #[tokio::test]
    async fn of_an_action_at_once_has_ended() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;

        let request = client.submit("at_once", &json!({ "n": 1 })).await.unwrap();
        let failed = client.submit("at_once", &json!({ "do": "fail" })).await.unwrap_err();

        assert_eq!(request.result::<Value>().await.unwrap(), json!({ "n": 1 }));
        assert_eq!(*failed.kind(), ErrorKind::Refused { code: Code::ProcessingFailed });
        assert_eq!(failed.failure().unwrap().details, Some(json!({ "why": "asked" })));
    }

    #[tokio::test]
    async fn that_fails_says_why() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;

        let request = client.submit("stubborn", &json!({ "do": "fail" })).await.unwrap();
        let error = soon(request.result::<Value>()).await.unwrap_err();
        let refused = client.submit("restricted", &json!({})).await.unwrap_err();
        let invalid = client.submit("steps", &json!({ "to": 101 })).await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::Failed { code: Code::ProcessingFailed });
        assert_eq!(error.failure().unwrap().message, "for good");
        assert_eq!(*refused.kind(), ErrorKind::Refused { code: Code::Forbidden });
        assert_eq!(*invalid.kind(), ErrorKind::Refused { code: Code::ValidationError });
    }

    #[tokio::test]
    async fn that_is_cancelled_ends_so_and_its_worker_stops() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;
        let request = client.submit("gated", &json!({})).await.unwrap();
        until(async || stage.gated.begun() == 1).await;

        request.cancel().await.unwrap();

        let error = soon(request.result::<Value>()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Cancelled);
        until(async || stage.gated.cancelled() == 1).await;
        request.cancel().await.unwrap();
    }

    #[tokio::test]
    async fn that_is_removed_ends_as_not_found() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;
        let request = client.submit_as("r-1", "gated", &json!({})).await.unwrap();
        until(async || stage.gated.begun() == 1).await;

        stage.stores.db().delete(AsyncRequest::key("t-1", "r-1")).await.unwrap();

        let error = soon(request.result::<Value>()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Failed { code: Code::NotFound });
    }
}

mod subscription {
    use super::*;

    #[tokio::test]
    async fn follows_a_request_of_another_connection_to_its_end() {
        let stage = Stage::new().await;
        let (first, second) = (stage.client("ann").await, stage.client("ann").await);
        let request = first.submit_as("r-1", "gated", &json!({})).await.unwrap();
        soon(request.progress().next()).await.unwrap();

        let followed = second.subscribe("r-1").await.unwrap();
        let known = soon(followed.progress().next()).await.unwrap();
        stage.gated.gate.add_permits(1);

        assert_eq!(known.percentage, 10);
        let result: Value = soon(followed.result()).await.unwrap();
        assert_eq!(result["attempt"], 1);
        assert_eq!(soon(request.result::<Value>()).await.unwrap(), result);
    }

    #[tokio::test]
    async fn to_what_has_ended_has_its_end() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;
        let request = client.submit_as("r-1", "steps", &json!({ "to": 2 })).await.unwrap();
        soon(request.result::<Done>()).await.unwrap();

        let followed = stage.client("ann").await.subscribe("r-1").await.unwrap();

        assert_eq!(soon(followed.result::<Done>()).await.unwrap(), Done { done: 2 });
    }

    #[tokio::test]
    async fn to_what_is_not_there_or_another_users_is_refused() {
        let stage = Stage::new().await;
        stage.client("ann").await.submit_as("r-1", "gated", &json!({})).await.unwrap();
        let other = stage.client("bob").await;

        for id in ["r-1", "r-2"] {
            let error = other.subscribe(id).await.unwrap_err();

            assert_eq!(*error.kind(), ErrorKind::Refused { code: Code::NotFound }, "{id}");
        }
    }

    #[tokio::test]
    async fn ends_when_the_last_handle_is_dropped_and_the_request_goes_on() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;
        let submitted = client.submit_as("r-1", "gated", &json!({})).await.unwrap();
        let second = stage.client("ann").await;
        let followed = second.subscribe("r-1").await.unwrap();
        let subscriptions = stage.stores.subscriptions();
        let key = RequestKey::new("t-1", "r-1");
        let count = async || subscriptions.by_request(key.clone()).take(9).await.unwrap().len();
        assert_eq!(count().await, 1);

        drop(followed);

        until(async || count().await == 0).await;
        stage.gated.gate.add_permits(1);
        assert!(soon(submitted.result::<Value>()).await.is_ok());
    }
}

mod cut_connection {
    use super::*;

    #[tokio::test]
    async fn is_caught_up_with_however_often_it_is_cut() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;
        let request = client.submit_as("r-1", "steps", &json!({ "to": 100, "delay_ms": 30 })).await.unwrap();

        let (percentages, ()) = tokio::join!(percentages(&request), async {
            for pause in [50, 200, 10, 400, 300, 100] {
                tokio::time::sleep(Duration::from_millis(pause)).await;
                stage.proxy.cut();
            }
        });

        assert!(percentages.is_sorted() && !percentages.is_empty(), "{percentages:?}");
        assert_eq!(soon(request.result::<Done>()).await.unwrap(), Done { done: 100 });
        assert_eq!(stage.stored("r-1").await.attempt, 1);
        assert!(stage.proxy.connections() > 3, "{}", stage.proxy.connections());
    }

    #[tokio::test]
    async fn loses_no_request_and_makes_none_twice() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;
        let (done, is_done) = tokio::sync::oneshot::channel::<()>();
        let cutting = async {
            let mut is_done = std::pin::pin!(is_done);
            for pause in (0..25).map(|number| 20 + number * 37 % 150) {
                let pause = tokio::time::sleep(Duration::from_millis(pause));
                tokio::select! {
                    _ = &mut is_done => return,
                    () = pause => stage.proxy.cut(),
                }
            }
        };

        let requests: Vec<_> = (0..60)
            .map(|number| {
                let submitted = client.submit("steps", &json!({ "to": 3, "delay_ms": number % 20 }));
                tokio::spawn(async move {
                    let request = submitted.await?;
                    request.result::<Done>().await.map(|done| (request.id().to_owned(), done))
                })
            })
            .collect();
        let ended = async {
            let mut ids = Vec::new();
            for request in requests {
                let (id, result) = soon(request).await.unwrap().unwrap();
                assert_eq!(result, Done { done: 3 });
                ids.push(id);
            }
            drop(done);
            ids
        };
        let (ids, ()) = tokio::join!(ended, cutting);

        let stored = stage.stores.requests().by_tenant("t-1").take(1000).await.unwrap();
        assert_eq!(stored.len(), ids.len());
        for request in stored {
            assert_eq!((request.status, request.attempt), (RequestStatus::Completed, 1));
        }
        assert!(stage.proxy.connections() > 2, "{}", stage.proxy.connections());
    }

    #[tokio::test]
    async fn of_a_cancellation_does_not_keep_it_from_happening() {
        let stage = Stage::new().await;
        let client = stage.client("ann").await;
        let request = client.submit("gated", &json!({})).await.unwrap();
        until(async || stage.gated.begun() == 1).await;

        let (cancelled, ()) = tokio::join!(request.cancel(), async { stage.proxy.cut() });

        cancelled.unwrap();
        let error = soon(request.result::<Value>()).await.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Cancelled);
    }
}
