//! What operators see of processes, and what becomes of these when an operator stops them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{
    client::{Client, get},
    database::Database,
    process::{self, Server},
    running::until,
    scrape::Scrape,
    token::{claims, signed},
};
use tokio::net::TcpStream;

async fn connect(server: &Server) -> Client {
    Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await
}

fn stored(database: &Database, id: &str) -> Value {
    process::json(&database.db(), &["requests", "get", id, "--tenant", "t-1"])
}

async fn status(address: &str, path: &str) -> String {
    get(address, path).await.split(' ').nth(1).unwrap().to_owned()
}

mod server {
    use super::*;

    #[tokio::test]
    async fn says_where_its_metrics_are() {
        let beside = Server::start();
        let apart = Server::start_with(&["--db", "memory:", "--metrics-listen", "127.0.0.1:0"]);

        assert_eq!(beside.metrics_address(), beside.address());
        assert_ne!(apart.metrics_address(), apart.address());
        assert_eq!(status(apart.address(), "/metrics").await, "404");
        let scrape = Scrape::of(apart.metrics_address()).await;
        assert_eq!(scrape.value("streamer_worker_concurrency", &[]), Some(16.0));
    }

    #[test]
    fn that_cannot_listen_for_operators_says_by_which_flag() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let mut command = process::streamer();
        command.args(["serve", "--db", "memory:", "--listen", "127.0.0.1:0", "--metrics-listen", &address]);

        let output = process::run(&mut command);

        assert_eq!(output.status.code(), Some(6));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&address) && said.contains("`--metrics-listen`"), "{said}");
    }

    #[tokio::test]
    async fn is_unready_while_its_dynamodb_is_away_and_ready_when_it_is_back() {
        let database = Database::new();
        let serve_dynamodb = |address: &str| {
            Server::start_with(&["--db", &database.db(), "--dynamodb-listen", address, "--concurrency", "0"])
        };
        let engine = serve_dynamodb("127.0.0.1:0");
        let endpoint = engine.announcement()["dynamodbUrl"].as_str().unwrap().to_owned();
        let db = format!("dynamodb://eu-west-1?endpoint={endpoint}");
        let server = Server::start_with(&["--db", &db]);
        let is_ready = async |code: &str| status(server.address(), "/healthz").await == code;
        let ready = status(server.address(), "/healthz").await;

        engine.kill();
        until(async || is_ready("503").await).await;
        let live = status(server.address(), "/livez").await;
        let scrape = Scrape::of(server.address()).await;
        let _engine = serve_dynamodb(endpoint.strip_prefix("http://").unwrap());
        until(async || is_ready("200").await).await;

        assert_eq!((&*ready, &*live), ("200", "200"));
        assert_eq!(scrape.value("streamer_open_requests", &[("status", "pending")]), None);
        assert!(scrape.sum("streamer_engine_calls_total") > 0.0);
    }
}

mod worker {
    use super::*;

    #[tokio::test]
    async fn of_a_process_without_clients_is_counted_there() {
        let database = Database::new();
        let server = Server::start_with(&["--db", &database.db(), "--concurrency", "0"]);
        let worker = Server::start_worker(&database.db(), &["--metrics-listen", "127.0.0.1:0"]);
        let mut client = connect(&server).await;

        client.ask(json!({ "id": "r-1", "action": "count", "payload": { "to": 3 } })).await;
        while client.receive().await["type"] != "complete" {}

        let completed = [("action", "count"), ("outcome", "completed")];
        until(async || {
            let scrape = Scrape::of(worker.metrics_address()).await;
            scrape.value("streamer_attempts_ended_total", &completed) == Some(1.0)
        })
        .await;
        let (of_worker, of_server) =
            (Scrape::of(worker.metrics_address()).await, Scrape::of(server.address()).await);
        assert_eq!(of_server.value("streamer_attempts_ended_total", &completed), None);
        assert_eq!(of_server.value("streamer_deliveries_total", &[("event", "completed")]), Some(1.0));
        assert_eq!(of_worker.value("streamer_open_requests", &[("status", "pending")]), Some(0.0));
        assert!(of_worker.sum("streamer_engine_calls_total") > 0.0);
        assert_eq!(status(worker.metrics_address(), "/healthz").await, "200");
    }
}

mod a_worker_without_a_database {
    use super::*;
    use std::{
        net::TcpListener,
        process::{Child, Stdio},
    };

    /// A process that ends with the test, whatever comes of that.
    struct Worker(Child);

    impl Drop for Worker {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    #[tokio::test]
    async fn lives_and_is_ready_once_there_is_one() {
        let database = Database::new();
        // Free a moment ago: nothing says which port it takes before it has a database.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut command = process::streamer();
        command.args(["work", "--db", &database.db(), "--metrics-listen", &address]);
        let _worker = Worker(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        until(async || TcpStream::connect(&address).await.is_ok()).await;

        let live = status(&address, "/livez").await;
        let starting = get(&address, "/healthz").await;
        let scrape = Scrape::of(&address).await;
        let _server = database.serve();
        until(async || status(&address, "/healthz").await == "200").await;

        assert_eq!(live, "200");
        assert!(
            starting.starts_with("HTTP/1.1 503") && starting.ends_with(r#"{"status":"starting"}"#),
            "{starting}"
        );
        assert_eq!(scrape.value("streamer_attempts_in_flight", &[]), Some(0.0));
    }
}

mod a_stop {
    use super::*;

    /// Of a count that takes so long, when the server's grace is half a second.
    const WORK: Duration = Duration::from_secs(6);

    async fn submitted(server: &Server) -> Client {
        let mut client = connect(server).await;
        let payload = json!({ "to": 1, "delay_ms": WORK.as_millis() as u64 });
        let answer = client.ask(json!({ "id": "r-1", "action": "count", "payload": payload })).await;
        assert_eq!(answer["type"], "acknowledgment");
        client
    }

    #[tokio::test]
    async fn gives_back_what_does_not_end_and_the_next_server_finishes_it() {
        let database = Database::new();
        let server = Server::start_with(&["--db", &database.db(), "--grace", "500ms"]);
        let mut client = submitted(&server).await;
        until(async || stored(&database, "r-1")["status"] == "PROCESSING").await;

        let begun = Instant::now();
        server.terminate();
        let closed = client.closed().await;
        let output = server.finish();
        let took = begun.elapsed();
        let given_back = stored(&database, "r-1");
        let next = database.serve();
        until(async || stored(&database, "r-1")["status"] == "COMPLETED").await;

        assert_eq!(closed.map(|frame| frame.code.into()), Some(1001));
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!((Duration::from_millis(500)..WORK / 2).contains(&took), "{took:?}");
        assert_eq!((&given_back["status"], &given_back["tries"]), (&json!("PENDING"), &json!(0)));
        let done = stored(&database, "r-1");
        assert_eq!(
            (&done["attempt"], &done["tries"], &done["result"]),
            (&json!(2), &json!(1), &json!({ "counted": 1 }))
        );
        drop(next);
    }

    #[tokio::test]
    async fn of_a_worker_without_clients_gives_back_too() {
        let database = Database::new();
        let server = Server::start_with(&["--db", &database.db(), "--concurrency", "0"]);
        let worker = Server::start_worker(&database.db(), &["--grace", "300ms"]);
        let _client = submitted(&server).await;
        until(async || stored(&database, "r-1")["status"] == "PROCESSING").await;

        let begun = Instant::now();
        worker.terminate();
        let output = worker.finish();

        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(begun.elapsed() < WORK / 2, "{:?}", begun.elapsed());
        let given_back = stored(&database, "r-1");
        assert_eq!((&given_back["status"], &given_back["tries"]), (&json!("PENDING"), &json!(0)));
    }

    #[tokio::test]
    async fn waits_for_what_ends_within_the_grace() {
        let database = Database::new();
        let server = Server::start_with(&["--db", &database.db(), "--grace", "14s"]);
        let _client = submitted(&server).await;
        until(async || stored(&database, "r-1")["status"] == "PROCESSING").await;

        server.terminate();
        let output = server.finish();

        assert_eq!(output.status.code(), Some(0));
        let done = stored(&database, "r-1");
        assert_eq!((&done["status"], &done["attempt"]), (&json!("COMPLETED"), &json!(1)));
    }
}
