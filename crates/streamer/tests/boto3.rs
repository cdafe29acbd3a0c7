//! The server's database through AWS's own client: boto3, in a process of its own.
//!
//! What it claims stands in `boto3/claims.py`; the versions in `boto3/requirements.txt`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{fs, path::Path, process::Command};

use dynamorm_conformance::provided;
use serde_json::Value;
use support::{database::Database, process::Server};

/// A Python that has boto3.
const PYTHON: &str = "DYNAMORM_PYTHON";

/// Runs the claims on the server's endpoint, and shows what they say.
fn claims(python: &str, server: &Server, secret: &str) {
    let url = server.announcement()["dynamodbUrl"].as_str().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3/claims.py");

    // Nothing of the surroundings: a proxy or a profile of the developer's would be taken. It ends by itself in time.
    let output = Command::new(python)
        .arg("-I")
        .arg(script)
        .arg(url)
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "boto3")
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_DEFAULT_REGION", "eu-west-2")
        .output()
        .unwrap();

    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{said}");
    assert!(output.status.success(), "{said}\n{errors}");
    let last = said.lines().last().unwrap();
    assert!(last.starts_with("ok: every answer"), "the claims end early: {said}");
}

#[test]
fn finds_dynamodb_at_an_endpoint_that_takes_any_credentials() {
    let Some(python) = provided(PYTHON) else { return };
    let server = Server::start_with(&["--db", "memory:", "--dynamodb-listen", "127.0.0.1:0"]);

    claims(&python, &server, "any");
}

#[test]
fn finds_dynamodb_at_an_endpoint_that_checks_its_signatures() {
    let Some(python) = provided(PYTHON) else { return };
    let database = Database::new();
    let server = database.serve();
    let lock = fs::read(database.folder.path().join("streamer.db.lock")).unwrap();
    let lock: Value = serde_json::from_slice(&lock).unwrap();

    claims(&python, &server, lock["endpoint"]["secret"].as_str().unwrap());
}
