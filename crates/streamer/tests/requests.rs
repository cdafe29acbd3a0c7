//! What the command submits, shows and ends of the request queue, in processes of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{fs, process::Output};

use serde_json::{Value, json};
use streamer_store::{Connection, DEFAULT_LEASE, Json, StoreFactory, Submission};
use support::{
    database::Database,
    process::{self, run, streamer},
};

/// A database with its tables.
fn made() -> Database {
    let database = Database::new();
    process::json(&database.db(), &["tables", "ensure"]);
    database
}

fn submitted(database: &Database, id: &str) -> Value {
    let submit =
        ["requests", "submit", "count", "--payload", r#"{"to":3}"#, "--tenant", "acme", "--user", "ann"];
    process::json(&database.db(), &[&submit[..], &["--id", id]].concat())
}

/// The command on one request of the tenant.
fn on(database: &Database, command: &str, id: &str) -> Output {
    run(streamer().args(["requests", command, id, "--tenant", "acme", "--db", &database.db()]))
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

#[test]
fn submits_and_shows_a_request() {
    let database = made();

    let request = submitted(&database, "r-1");
    let shown = process::json(&database.db(), &["requests", "get", "r-1", "--tenant", "acme"]);

    assert_eq!(request, shown);
    assert_eq!(
        (&shown["requestId"], &shown["status"], &shown["priority"]),
        (&json!("r-1"), &json!("PENDING"), &json!("normal"))
    );
    assert_eq!((&shown["payload"], &shown["maxRetries"]), (&json!({ "to": 3 }), &json!(3)));
    let text = String::from_utf8(on(&database, "get", "r-1").stdout).unwrap();
    assert!(text.contains("status      PENDING\n") && text.contains("tries       0 of 4\n"), "{text}");
}

#[test]
fn takes_the_same_submission_for_one_and_refuses_another() {
    let database = made();
    let first = submitted(&database, "r-1");

    let again = submitted(&database, "r-1");
    let other = ["requests", "submit", "echo", "--tenant", "acme", "--user", "ann", "--id", "r-1"];
    let other = run(streamer().args(other).args(["--db", &database.db()]));

    assert_eq!(first, again);
    assert_eq!(code(&other), Some(1));
    let said = String::from_utf8(other.stderr).unwrap();
    assert!(said.contains("acme/r-1") && said.contains("exists"), "{said}");
}

#[test]
fn reads_a_payload_from_a_file_and_refuses_what_is_none() {
    let database = made();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("payload.json");
    fs::write(&file, r#"{ "source": "a.csv" }"#).unwrap();
    let submit = |payload: &str| {
        let arguments =
            ["requests", "submit", "report", "--tenant", "acme", "--user", "ann", "--payload", payload];
        run(streamer().args(arguments).args(["--json", "--db", &database.db()]))
    };

    let submitted = submit(&format!("@{}", file.display()));

    let submitted: Value = serde_json::from_slice(&submitted.stdout).unwrap();
    assert_eq!(submitted["payload"], json!({ "source": "a.csv" }));
    assert_eq!(submitted["requestId"].as_str().unwrap().len(), 36);
    for payload in ["[1]", "{", "@/no/such/file"] {
        assert_eq!(code(&submit(payload)), Some(2), "{payload}");
    }
}

#[test]
fn lists_the_newest_first() {
    let database = made();
    for id in ["r-1", "r-2", "r-3"] {
        submitted(&database, id);
    }

    let ids = |arguments: &[&str]| {
        let listed = process::json(&database.db(), &[&["requests", "list"], arguments].concat());
        listed.as_array().unwrap().iter().map(|request| request["requestId"].clone()).collect::<Vec<_>>()
    };

    assert_eq!(ids(&["--tenant", "acme"]), ["r-3", "r-2", "r-1"]);
    assert_eq!(ids(&["--user", "ann", "--limit", "2"]), ["r-3", "r-2"]);
    assert_eq!(ids(&["--connection", "c-1"]), [""; 0]);
}

#[test]
fn lists_a_status_with_the_oldest_first() {
    let database = made();
    for id in ["r-1", "r-2", "r-3"] {
        submitted(&database, id);
    }
    on(&database, "cancel", "r-2");

    let ids = |arguments: &[&str]| {
        let listed = process::json(&database.db(), &[&["requests", "list", "--status"], arguments].concat());
        listed.as_array().unwrap().iter().map(|request| request["requestId"].clone()).collect::<Vec<_>>()
    };

    assert_eq!(ids(&["pending"]), ["r-1", "r-3"]);
    assert_eq!(ids(&["PENDING", "--limit", "1"]), ["r-1"]);
    assert_eq!(ids(&["cancelled"]), ["r-2"]);
    assert_eq!(ids(&["failed"]), [""; 0]);
    for wrong in [&["--status", "done"][..], &["--status", "failed", "--user", "ann"], &[]] {
        let refused = run(streamer().args(["requests", "list", "--db", &database.db()]).args(wrong));
        assert_eq!(code(&refused), Some(2), "{wrong:?}");
    }
}

#[test]
fn counts_by_status_and_shard() {
    let database = made();
    for id in ["r-1", "r-2", "r-3"] {
        submitted(&database, id);
    }
    on(&database, "cancel", "r-3");

    let stats = process::json(&database.db(), &["requests", "stats"]);
    let table = run(streamer().args(["requests", "stats", "--ending-within", "1m", "--db", &database.db()]));

    let shards = stats["shards"].as_array().unwrap();
    // One: the embedded engine has the queue in one file.
    assert_eq!(shards.len(), 1);
    let sum = |status: &str| shards.iter().map(|shard| shard[status].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("pending"), sum("cancelled"), sum("completed")), (2, 1, 0));
    assert_eq!((&shards[0]["shard"], &shards[0]["pending"]), (&json!(0), &json!(2)));
    assert!(stats["oldestDue"].is_string());
    assert_eq!(stats["leasesEnding"], 0);
    let text = String::from_utf8(table.stdout).unwrap();
    assert!(text.contains("leases ending  0 (within 1m)\n"), "{text}");
    let all = text.lines().find(|line| line.starts_with("all")).unwrap();
    assert_eq!(all.split_whitespace().collect::<Vec<_>>(), ["all", "2", "0", "0", "0", "0", "1"]);
}

#[test]
fn cancels_requeues_and_deletes() {
    let database = made();
    submitted(&database, "r-1");
    let status =
        || process::json(&database.db(), &["requests", "get", "r-1", "--tenant", "acme"])["status"].clone();

    assert_eq!(code(&on(&database, "delete", "r-1")), Some(1));
    assert_eq!(code(&on(&database, "requeue", "r-1")), Some(1));
    assert_eq!(code(&on(&database, "cancel", "r-1")), Some(0));
    assert_eq!(status(), "CANCELLED");
    assert_eq!(code(&on(&database, "requeue", "r-1")), Some(0));
    assert_eq!(status(), "PENDING");
    assert_eq!(code(&on(&database, "cancel", "r-1")), Some(0));
    assert_eq!(code(&on(&database, "delete", "r-1")), Some(0));

    for command in ["get", "cancel", "requeue", "delete"] {
        let absent = on(&database, command, "r-1");
        assert_eq!(code(&absent), Some(3), "{command}");
        let said = String::from_utf8(absent.stderr).unwrap();
        assert_eq!(said, "error: there is no request `r-1` of tenant `acme`\n");
    }
}

#[test]
fn reaps_nothing_where_nothing_is_used_up() {
    let database = made();
    submitted(&database, "r-1");

    assert_eq!(process::json(&database.db(), &["reap"]), json!({ "failed": 0 }));
}

#[tokio::test]
async fn shows_what_a_worker_made_of_a_request() {
    let database = made();
    submitted(&database, "r-1");
    let stores = StoreFactory::connect(&database.db()).unwrap();
    let claimed = stores.requests().dequeue(1, "w-1", DEFAULT_LEASE).await.unwrap();
    let result = Json::parse(r#"{"sum":6}"#).unwrap();
    stores.requests().complete(&claimed[0].lease, result).await.unwrap();
    drop(stores);

    let shown = process::json(&database.db(), &["requests", "get", "r-1", "--tenant", "acme"]);

    assert_eq!((&shown["status"], &shown["progress"]), (&json!("COMPLETED"), &json!(100)));
    assert_eq!((&shown["result"], &shown["worker"]), (&json!({ "sum": 6 }), &json!("w-1")));
}

#[tokio::test]
async fn puts_requests_where_workers_in_another_number_of_shards_look() {
    let database = Database::new();
    // Dropped before the command runs: it holds the file.
    let of_four = || StoreFactory::connect(&database.db()).unwrap().with_shards(4);
    of_four().ensure_tables().await.unwrap();
    for number in 0..8 {
        submitted(&database, &format!("r-{number}"));
    }

    let counted = process::json(&database.db(), &["requests", "stats"]);
    let tables = process::json(&database.db(), &["tables", "ensure"]);
    let claimed = of_four().requests().dequeue(9, "w-1", DEFAULT_LEASE).await.unwrap();

    assert_eq!(claimed.len(), 8);
    assert_eq!(counted["shards"].as_array().unwrap().len(), 4);
    assert_eq!(tables[0]["state"], "existed");
}

#[tokio::test]
async fn are_cancelled_with_their_connection_on_request() {
    let database = made();
    for id in ["c-1", "c-2"] {
        let stores = StoreFactory::connect(&database.db()).unwrap();
        let connection = Connection::new(id, "ann", "acme", "ws://localhost/ws", stores.connections().now());
        stores.connections().create(&connection).await.unwrap();
        let submission = Submission::new("acme", "ann", "count").id(format!("r-{id}")).connection(id);
        stores.requests().enqueue(submission).await.unwrap();
    }

    process::json(&database.db(), &["connections", "delete", "c-1"]);
    process::json(&database.db(), &["connections", "delete", "c-2", "--cancel-requests"]);

    let status =
        |id| process::json(&database.db(), &["requests", "get", id, "--tenant", "acme"])["status"].clone();
    assert_eq!([status("r-c-1"), status("r-c-2")], ["PENDING", "CANCELLED"]);
}
