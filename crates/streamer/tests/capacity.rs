//! How many clients a server takes, and how it treats those it does not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::{Duration, Instant};

use support::{
    client::{Client, get},
    database::Database,
    process::Server,
    token::{claims, signed},
};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;

mod file_descriptors {
    use super::*;

    #[tokio::test]
    async fn that_are_few_leave_every_client_an_answer() {
        let database = Database::new();
        let server = Server::start_after("ulimit -n 64", &["--db", &database.db()]);
        let path = format!("/ws?token={}", signed(&claims("u-1", "t-1")));

        let mut clients = Vec::new();
        let mut refused = 0;
        for _ in 0..60 {
            match Client::try_connect(server.address(), &path, &[]).await {
                Ok(client) => clients.push(client),
                Err(Error::Http(response)) if response.status() == 503 => refused += 1,
                Err(error) => panic!("neither connected nor refused: {error}"),
            }
        }

        assert!(clients.len() >= 10 && refused >= 10, "{} connected, {refused} refused", clients.len());
        assert_eq!(database.list("--user", "u-1").len(), clients.len(), "other commands get through");
        server.terminate();
        let log = String::from_utf8(server.finish().stderr).unwrap();
        assert_eq!(log.matches("WARN").count(), 1, "{log}");
    }

    #[tokio::test]
    async fn are_as_many_as_the_process_may_have() {
        let server = Server::start_after("ulimit -S -n 40", &["--db", "memory:"]);
        let token = signed(&claims("u-1", "t-1"));

        let mut clients = Vec::new();
        for _ in 0..60 {
            clients.push(Client::connect(server.address(), &token).await);
        }

        assert_eq!(clients.len(), 60);
    }
}

mod silent_connections {
    use super::*;

    #[tokio::test]
    async fn keep_others_waiting_for_moments_only() {
        let server = Server::start_after("ulimit -n 256", &["--db", "memory:"]);
        let mut silent = Vec::new();
        for _ in 0..100 {
            silent.push(TcpStream::connect(server.address()).await.unwrap());
        }

        let asked = Instant::now();
        let answer = get(server.address(), "/healthz").await;

        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
}
