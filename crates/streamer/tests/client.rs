//! The typed client on the real server, in a process of its own that is stopped, killed and started again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::{Value, json};
use streamer::server::Ownership;
use streamer_client::{Client, Code, ErrorKind};
use streamer_store::StoreFactory;
use support::{
    PATIENCE,
    database::Database,
    process::Server,
    running::Running,
    token::{claims, now, signed},
};

#[derive(Debug, Deserialize)]
struct Whoami {
    connection_id: String,
    user_id: String,
    tenant_id: String,
}

async fn connected(server: &Server) -> Client {
    let token = signed(&claims("ann", "acme"));
    Client::builder(url(server.address())).token(token).connect().await.unwrap()
}

fn url(address: &str) -> String {
    format!("ws://{address}/ws")
}

/// A server on the address and the database of one that has ended.
fn again(database: &Database, address: &str) -> Server {
    Server::start_with(&["--db", &database.db(), "--listen", address])
}

async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it to happen in time")
}

mod call {
    use super::*;

    #[tokio::test]
    async fn gets_a_typed_answer() {
        let server = Server::start();
        let client = connected(&server).await;

        let whoami: Whoami = client.call("whoami", &json!({})).await.unwrap();
        let pong: Value = client.call("ping", &()).await.unwrap();

        assert_eq!((whoami.user_id.as_str(), whoami.tenant_id.as_str()), ("ann", "acme"));
        assert!(!whoami.connection_id.is_empty());
        assert_eq!(pong["pong"], true);
    }

    #[tokio::test]
    async fn of_what_the_server_does_not_know_is_refused() {
        let server = Server::start();
        let client = connected(&server).await;

        let error = client.call::<Value, _>("dance", &()).await.unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::Refused { code: Code::InvalidAction });
        assert_eq!(error.failure().unwrap().details, Some(json!({ "field": "action" })));
    }

    #[tokio::test]
    async fn of_many_at_once_are_all_answered_within_the_servers_limits() {
        let server = Server::start();
        let client = connected(&server).await;

        let calls: Vec<_> = (0..300).map(|_| tokio::spawn(client.call::<Value, _>("ping", &()))).collect();

        for call in calls {
            soon(call).await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn as_large_as_the_protocol_allows_is_taken() {
        let server = Server::start();
        let client = connected(&server).await;
        let overhead =
            json!({ "id": "x".repeat(36), "action": "ping", "payload": { "p": "" } }).to_string().len();
        let payload = |bytes: usize| json!({ "p": "x".repeat(bytes - overhead) });

        let largest = client.call::<Value, _>("ping", &payload(128 * 1024)).await;
        let larger = client.call::<Value, _>("ping", &payload(128 * 1024 + 1)).await;

        assert!(largest.is_ok(), "{largest:?}");
        assert!(matches!(larger.unwrap_err().kind(), ErrorKind::TooLarge { size: 131_073, limit: 131_072 }));
    }
}

mod token {
    use super::*;

    #[tokio::test]
    async fn that_does_not_hold_is_refused_at_once() {
        let server = Server::start();

        let none = Client::builder(url(server.address())).connect().await;
        let bad = Client::builder(url(server.address())).token("no-token").connect().await;

        assert_eq!(*none.unwrap_err().kind(), ErrorKind::Unauthorized);
        assert_eq!(*bad.unwrap_err().kind(), ErrorKind::Unauthorized);
    }

    #[tokio::test]
    async fn that_ends_is_replaced_by_the_provider_and_the_client_goes_on() {
        let server = Server::start();
        // Two seconds are left of the ten that clocks may differ by, then an hour.
        let mut ending = claims("ann", "acme");
        ending["exp"] = json!(now() - 8);
        let tokens = Mutex::new(vec![signed(&claims("ann", "acme")), signed(&ending)]);
        let tokens = Arc::new(tokens);
        let left = Arc::clone(&tokens);
        let provider = move || {
            let token = tokens.lock().unwrap().pop();
            async move { token.ok_or_else(|| "there is no more".into()) }
        };
        let client = Client::builder(url(server.address())).token_provider(provider).connect().await.unwrap();
        let first: Whoami = client.call("whoami", &()).await.unwrap();

        soon(async {
            while !left.lock().unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
        .await;
        let second: Whoami = client.call("whoami", &()).await.unwrap();

        assert_ne!(first.connection_id, second.connection_id);
    }

    #[tokio::test]
    async fn that_ends_and_is_the_only_one_ends_the_client() {
        let server = Server::start();
        let mut ending = claims("ann", "acme");
        ending["exp"] = json!(now() - 8);
        let client = Client::builder(url(server.address())).token(signed(&ending)).connect().await.unwrap();

        let error = soon(async {
            loop {
                match client.call::<Value, _>("ping", &()).await {
                    Ok(_) => tokio::time::sleep(Duration::from_millis(100)).await,
                    Err(error) => return error,
                }
            }
        });

        let error = error.await;
        assert_eq!(*error.kind(), ErrorKind::Unauthorized);
        assert!(error.to_string().contains("4401"), "{error}");
    }
}

mod connection {
    use super::*;

    #[tokio::test]
    async fn survives_a_server_that_is_killed_and_started_again() {
        let database = Database::new();
        let server = database.serve();
        let address = server.address().to_owned();
        let client = connected(&server).await;
        let first: Whoami = client.call("whoami", &()).await.unwrap();

        server.kill();
        let whoami = tokio::spawn(client.call::<Whoami, _>("whoami", &()));
        let _server = again(&database, &address);

        let second = soon(whoami).await.unwrap().unwrap();
        assert_eq!(second.user_id, first.user_id);
        assert_ne!(second.connection_id, first.connection_id);
    }

    #[tokio::test]
    async fn survives_a_server_that_stops_and_is_started_again() {
        let database = Database::new();
        let server = database.serve();
        let address = server.address().to_owned();
        let client = connected(&server).await;

        server.terminate();
        assert!(server.finish().status.success());
        let pong = tokio::spawn(client.call::<Value, _>("ping", &()));
        let _server = again(&database, &address);

        assert_eq!(soon(pong).await.unwrap().unwrap()["pong"], true);
    }

    #[tokio::test]
    async fn survives_with_its_requests_a_server_that_is_killed_while_it_works() {
        let database = Database::new();
        let lease = ["--lease", "3s", "--db", &database.db()];
        let server = Server::start_with(&lease);
        let address = server.address().to_owned();
        let client = connected(&server).await;
        let request = client.submit("count", &json!({ "to": 10, "delay_ms": 50 })).await.unwrap();
        let mut progress = request.progress();
        let mut seen = vec![soon(progress.next()).await.unwrap().percentage];

        server.kill();
        let _server = Server::start_with(&[&lease[..], &["--listen", &address]].concat());

        // The lease of the worker that was killed has to end first.
        while let Some(progress) = soon(progress.next()).await {
            seen.push(progress.percentage);
        }
        assert!(seen.is_sorted(), "{seen:?}");
        assert_eq!(soon(request.result::<Value>()).await.unwrap(), json!({ "counted": 10 }));
    }

    #[tokio::test]
    async fn that_an_operator_removes_is_made_again() {
        let stores = StoreFactory::connect("memory:").unwrap();
        stores.ensure_tables().await.unwrap();
        // It renews connections each second.
        let server = Running::start(&stores, Ownership::Exclusive).await;
        let token = signed(&claims("ann", "acme"));
        let client = Client::builder(url(&server.address)).token(token).connect().await.unwrap();
        let first: Whoami = client.call("whoami", &()).await.unwrap();

        stores.connections().delete(&first.connection_id).await.unwrap();

        soon(async {
            loop {
                let whoami: Whoami = client.call("whoami", &()).await.unwrap();
                if whoami.connection_id != first.connection_id {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        })
        .await;
    }

    #[tokio::test]
    async fn to_a_server_that_is_full_is_refused_with_its_code() {
        let server = Server::start_with(&["--db", "memory:", "--max-connections", "1"]);
        let _first = connected(&server).await;
        let token = signed(&claims("ann", "acme"));

        let second = Client::builder(url(server.address())).token(token).connect().await;

        let error = second.unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Refused { code: Code::RateLimited });
        assert!(error.is_retryable());
    }

    #[tokio::test]
    async fn that_is_closed_is_gone_from_the_store_at_once() {
        let database = Database::new();
        let server = database.serve();
        let client = connected(&server).await;
        database.holds("acme", 1).await;

        soon(client.close()).await;

        database.holds("acme", 0).await;
        drop(server);
    }

    #[tokio::test]
    async fn outlives_heartbeats_while_nothing_is_asked() {
        let server = Server::start_with(&["--db", "memory:", "--heartbeat-interval", "500ms"]);
        let client = connected(&server).await;
        let first: Whoami = client.call("whoami", &()).await.unwrap();

        tokio::time::sleep(Duration::from_secs(2)).await;

        let second: Whoami = client.call("whoami", &()).await.unwrap();
        assert_eq!(first.connection_id, second.connection_id);
    }
}
