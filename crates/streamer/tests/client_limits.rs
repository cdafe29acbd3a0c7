//! How many connections one user and one tenant may hold.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use serde_json::json;
use support::{
    PATIENCE,
    client::{Client, get, raw, refusal},
    process::Server,
    token::{claims, signed},
};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Error;

async fn try_connect(server: &Server, user: &str, tenant: &str) -> Result<Client, Error> {
    let bearer = format!("Bearer {}", signed(&claims(user, tenant)));
    Client::try_connect(server.address(), "/ws", &[("authorization", &bearer)]).await
}

async fn connect(server: &Server, user: &str, tenant: &str) -> Client {
    try_connect(server, user, tenant).await.unwrap()
}

/// Connects as soon as there is a place: the one of a connection that ends is free a moment later.
async fn connect_in_time(server: &Server, user: &str, tenant: &str) -> Client {
    let connecting = async {
        loop {
            match try_connect(server, user, tenant).await {
                Ok(client) => return client,
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    };
    timeout(PATIENCE, connecting).await.expect("a place")
}

mod user {
    use super::*;

    #[tokio::test]
    async fn that_holds_as_many_as_it_may_is_told_to_try_later() {
        let server = Server::start_with(&["--db", "memory:", "--max-connections-per-user", "2"]);
        let _held = [connect(&server, "u-1", "t-1").await, connect(&server, "u-1", "t-1").await];

        let (status, body, response) = refusal(try_connect(&server, "u-1", "t-1").await);

        assert_eq!((status, &body["error"]["code"]), (429, &json!("RATE_LIMITED")), "{body}");
        assert_eq!(body["error"]["details"], json!({ "per": "user", "limit": 2 }));
        assert!(response.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() > 0);
    }

    #[tokio::test]
    async fn leaves_others_their_places() {
        let server = Server::start_with(&["--db", "memory:", "--max-connections-per-user", "1"]);

        let mut held = vec![connect(&server, "u-1", "t-1").await];
        held.push(connect(&server, "u-2", "t-1").await);
        held.push(connect(&server, "u-1", "t-2").await);

        for (user, tenant) in [("u-1", "t-1"), ("u-2", "t-1"), ("u-1", "t-2")] {
            assert_eq!(refusal(try_connect(&server, user, tenant).await).0, 429, "{user} of {tenant}");
        }
    }

    #[tokio::test]
    async fn gets_its_place_back_however_the_connection_ends() {
        let server = Server::start_with(&["--db", "memory:", "--max-connections-per-user", "1"]);

        for round in 0..3 {
            let mut client = connect_in_time(&server, "u-1", "t-1").await;
            match round {
                0 => client.socket.close(None).await.unwrap(),
                1 => drop(client),
                _ => client.send_text("x".repeat(2 * 1024 * 1024)).await,
            }
        }

        connect_in_time(&server, "u-1", "t-1").await;
    }

    #[tokio::test]
    async fn loses_no_place_to_what_is_refused() {
        let limits = ["--db", "memory:", "--max-connections", "1", "--max-connections-per-user", "1"];
        let server = Server::start_with(&limits);
        let token = signed(&claims("u-2", "t-1"));
        let of_another = connect(&server, "u-1", "t-1").await;

        for _ in 0..3 {
            assert_eq!(refusal(try_connect(&server, "u-2", "t-1").await).0, 503);
            assert!(get(server.address(), &format!("/ws?token={token}")).await.starts_with("HTTP/1.1 426"));
        }
        drop(of_another);

        connect_in_time(&server, "u-2", "t-1").await;
    }

    #[tokio::test]
    async fn holds_no_more_than_it_may_when_all_come_at_once() {
        let server = Server::start_with(&["--db", "memory:", "--max-connections-per-user", "5"]);

        let all = futures_util::future::join_all((0..40).map(|_| try_connect(&server, "u-1", "t-1"))).await;

        assert_eq!(all.iter().filter(|tried| tried.is_ok()).count(), 5);
    }
}

mod tenant {
    use super::*;

    #[tokio::test]
    async fn holds_no_more_than_it_may_by_all_its_users() {
        let server = Server::start_with(&["--db", "memory:", "--max-connections-per-tenant", "2"]);
        let mut held = vec![connect(&server, "u-1", "t-1").await, connect(&server, "u-2", "t-1").await];

        let (status, body, _) = refusal(try_connect(&server, "u-3", "t-1").await);

        assert_eq!(status, 429);
        assert_eq!(body["error"]["details"], json!({ "per": "tenant", "limit": 2 }));
        let _of_another = connect(&server, "u-3", "t-2").await;
        held.pop();
        connect_in_time(&server, "u-3", "t-1").await;
    }

    #[tokio::test]
    async fn is_counted_beside_its_users() {
        let limits = ["--max-connections-per-user", "1", "--max-connections-per-tenant", "2"];
        let server = Server::start_with(&[&["--db", "memory:"], &limits[..]].concat());
        let _first = connect(&server, "u-1", "t-1").await;

        // Refused by the user's limit: it takes no place of the tenant.
        for _ in 0..3 {
            let (_, body, _) = refusal(try_connect(&server, "u-1", "t-1").await);
            assert_eq!(body["error"]["details"]["per"], "user");
        }

        let _second = connect(&server, "u-2", "t-1").await;
        let (_, body, _) = refusal(try_connect(&server, "u-3", "t-1").await);
        assert_eq!(body["error"]["details"]["per"], "tenant");
    }
}

mod server {
    use super::*;

    #[tokio::test]
    async fn has_no_such_limits_unless_they_are_given() {
        let server = Server::start();
        let mut held = Vec::new();

        for _ in 0..50 {
            held.push(connect(&server, "u-1", "t-1").await);
        }

        assert_eq!(held.len(), 50);
    }

    #[tokio::test]
    async fn counts_no_one_without_a_token() {
        let server = Server::start_with(&["--db", "memory:", "--max-connections-per-user", "1"]);
        let address = server.address();

        for _ in 0..3 {
            let answer = raw(address, "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
            assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        }

        connect(&server, "u-1", "t-1").await;
    }
}
