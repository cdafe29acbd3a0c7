//! Servers and commands on one DynamoDB: DynamoDB Local, in its own process.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{collections::BTreeSet, time::Duration};

use dynamorm_conformance::provided;
use serde_json::Value;
use support::{
    PATIENCE,
    client::Client,
    process::{self, Server, run, streamer},
    token::{claims, signed},
};
use uuid::Uuid;

/// Tables of one test's own on DynamoDB Local.
struct Tables {
    db: String,
}

impl Tables {
    /// `None` where there is no DynamoDB Local, which is said.
    fn new() -> Option<Self> {
        let endpoint = provided("DYNAMORM_DYNAMODB_LOCAL")?;
        let prefix = Uuid::new_v4().simple();
        Some(Self { db: format!("dynamodb://eu-west-1?endpoint={endpoint}&prefix={prefix}_") })
    }

    /// Starts a server that is taken for dead after three seconds of silence.
    fn serve(&self) -> Server {
        Server::start_with(&["--db", &self.db, "--presence-interval", "1s"])
    }

    fn json(&self, arguments: &[&str]) -> Value {
        process::json(&self.db, arguments)
    }

    fn users(&self) -> BTreeSet<String> {
        let list = self.json(&["connections", "list", "--tenant", "t-1"]);
        let users = list.as_array().unwrap().iter();
        users.map(|connection| connection["userId"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until the tenant's connections are those of these users.
    async fn hold(&self, users: &[&str]) {
        let expected: BTreeSet<_> = users.iter().map(|user| (*user).to_owned()).collect();
        let reached = async {
            while self.users() != expected {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.expect("the connections to be these");
    }
}

async fn connect(server: &Server, user: &str) -> Client {
    Client::connect(server.address(), &signed(&claims(user, "t-1"))).await
}

mod server {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn keeps_connections_that_every_process_sees() {
        let Some(tables) = Tables::new() else { return };
        let server = tables.serve();
        let mut client = connect(&server, "ann").await;

        let listed = tables.json(&["connections", "list", "--user", "ann"]);

        assert_eq!(listed[0]["connectionId"], client.connection_id().await.as_str());
        assert_eq!(listed[0]["tenantId"], "t-1");
        client.socket.close(None).await.unwrap();
        tables.hold(&[]).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn cleans_up_after_a_dead_one_and_after_no_other() {
        let Some(tables) = Tables::new() else { return };
        let (dead, living) = (tables.serve(), tables.serve());
        let _of_the_dead = connect(&dead, "dead").await;
        let mut of_the_living = connect(&living, "alive").await;
        tables.hold(&["dead", "alive"]).await;

        dead.kill();

        tables.hold(&["alive"]).await;
        // A third one, which begins to clean up at once, finds nothing either.
        let _third = tables.serve();
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(tables.users(), BTreeSet::from(["alive".to_owned()]));
        assert_eq!(of_the_living.ask(serde_json::json!({ "action": "ping" })).await["type"], "response");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_stops_in_good_order_takes_its_own_connections_with_it() {
        let Some(tables) = Tables::new() else { return };
        let (first, second) = (tables.serve(), tables.serve());
        let _of_the_first = connect(&first, "first").await;
        let _of_the_second = connect(&second, "second").await;

        first.terminate();

        assert!(first.finish().status.success());
        tables.hold(&["second"]).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn advertises_the_url_that_it_is_given() {
        let Some(tables) = Tables::new() else { return };
        let server = Server::start_with(&["--db", &tables.db, "--advertise", "wss://example.org/ws"]);
        let _client = connect(&server, "ann").await;

        let listed = tables.json(&["connections", "list", "--user", "ann"]);

        assert_eq!(listed[0]["endpoint"], "wss://example.org/ws");
    }

    #[test]
    fn serves_no_dynamodb_of_its_own() {
        let output = run(streamer().args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--db",
            "dynamodb://eu-west-1?endpoint=http://127.0.0.1:9",
            "--dynamodb-listen",
            "127.0.0.1:0",
        ]));

        assert_eq!(output.status.code(), Some(2));
    }
}

mod command {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn shows_and_deletes_a_connection() {
        let Some(tables) = Tables::new() else { return };
        let server = tables.serve();
        let mut client = connect(&server, "ann").await;
        let id = client.connection_id().await;

        assert_eq!(tables.json(&["connections", "get", &id])["userId"], "ann");
        assert_eq!(tables.json(&["connections", "delete", &id])["connectionId"], id.as_str());

        let output = run(streamer().args(["connections", "get", &id, "--db", &tables.db]));
        assert_eq!(output.status.code(), Some(3));
    }

    #[test]
    fn makes_the_tables_once() {
        let Some(tables) = Tables::new() else { return };
        let states = |made: Value| -> Vec<String> {
            made.as_array().unwrap().iter().map(|table| table["state"].as_str().unwrap().to_owned()).collect()
        };

        assert_eq!(states(tables.json(&["tables", "list"])), ["missing"; 4]);
        assert_eq!(states(tables.json(&["tables", "ensure"])), ["created"; 4]);
        assert_eq!(states(tables.json(&["tables", "ensure"])), ["existed"; 4]);
        assert_eq!(states(tables.json(&["tables", "list"])), ["there"; 4]);
    }

    #[test]
    fn submits_and_ends_a_request() {
        let Some(tables) = Tables::new() else { return };
        tables.json(&["tables", "ensure"]);
        let submit = ["requests", "submit", "count", "--tenant", "acme", "--user", "ann", "--id", "r-1"];

        let submitted = tables.json(&submit);
        let cancelled = tables.json(&["requests", "cancel", "r-1", "--tenant", "acme"]);

        assert_eq!((&submitted["status"], &cancelled["status"]), (&"PENDING".into(), &"CANCELLED".into()));
        assert_eq!(tables.json(&["requests", "list", "--user", "ann"])[0]["requestId"], "r-1");
        assert_eq!(tables.json(&["reap"])["failed"], 0);
    }

    #[test]
    fn says_that_there_are_no_tables_yet() {
        let Some(tables) = Tables::new() else { return };

        let output = run(streamer().args(["connections", "list", "--user", "ann", "--db", &tables.db]));

        assert_eq!(output.status.code(), Some(3));
        assert!(String::from_utf8_lossy(&output.stderr).contains("streamer tables ensure"));
    }

    #[test]
    fn ends_with_4_when_nobody_answers() {
        // Port 9 is that of the discard service, which nobody runs.
        let db = "dynamodb://eu-west-1?endpoint=http://127.0.0.1:9";

        let output = run(streamer().args(["connections", "get", "c-1", "--db", db]));

        assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    }

    #[test]
    fn never_shows_what_may_be_a_password() {
        let output = run(streamer().args(["tables", "list", "--db", "dynamodb://ann:hunter2@eu-west-1"]));

        assert_eq!(output.status.code(), Some(2));
        assert!(!String::from_utf8_lossy(&output.stderr).contains("hunter2"));
    }
}
