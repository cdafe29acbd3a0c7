//! What the command adds, shows and removes of the subscriptions, in processes of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::process::Output;

use serde_json::{Value, json};
use streamer_store::{Connection, StoreFactory, Submission};
use support::{
    database::Database,
    process::{self, run, streamer},
};

/// A database with a connection and a request of one tenant.
async fn made() -> Database {
    let database = Database::new();
    process::json(&database.db(), &["tables", "ensure"]);
    let stores = StoreFactory::connect(&database.db()).unwrap();
    let connections = stores.connections();
    let connection = Connection::new("c-1", "ann", "acme", "ws://127.0.0.1:8080/ws", connections.now());
    connections.create(&connection).await.unwrap();
    stores.requests().enqueue(Submission::new("acme", "ann", "count").id("r-1")).await.unwrap();
    database
}

fn add(database: &Database, connection: &str, request: &str, events: &[&str]) -> Output {
    let mut command = streamer();
    command.args(["subscriptions", "add", "--connection", connection, "--request", request]);
    command.args(["--tenant", "acme", "--user", "ann", "--json", "--db", &database.db()]);
    for event in events {
        command.args(["--event", event]);
    }
    run(&mut command)
}

#[tokio::test]
async fn adds_lists_and_removes() {
    let database = made().await;

    let added = add(&database, "c-1", "r-1", &["progress", "failed"]);
    let by_connection = process::json(&database.db(), &["subscriptions", "list", "--connection", "c-1"]);
    let by_request =
        process::json(&database.db(), &["subscriptions", "list", "--request", "r-1", "--tenant", "acme"]);
    let remove = ["subscriptions", "remove", "--connection", "c-1", "--request", "r-1"];
    let removed = process::json(&database.db(), &remove);
    let again = run(streamer().args(remove).args(["--db", &database.db()]));

    let added: Value = serde_json::from_slice(&added.stdout).unwrap();
    assert_eq!(added["eventTypes"], json!(["failed", "progress"]));
    assert_eq!((&by_connection, &by_request), (&json!([added]), &json!([added])));
    assert_eq!(removed, json!({ "connectionId": "c-1", "requestId": "r-1" }));
    assert_eq!(again.status.code(), Some(3));
}

#[tokio::test]
async fn adds_nothing_where_connection_or_request_is_not_there() {
    let database = made().await;

    for (connection, request) in [("c-none", "r-1"), ("c-1", "r-none")] {
        assert_eq!(add(&database, connection, request, &[]).status.code(), Some(3), "{connection} {request}");
    }
    assert_eq!(add(&database, "c-1", "r-1", &["finished"]).status.code(), Some(2));
    let listed = process::json(&database.db(), &["subscriptions", "list", "--connection", "c-1"]);
    assert_eq!(listed, json!([]));
}
