//! The example of the README: a server with a handler of its own, as the program that a user builds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::json;
use support::client::Client;

/// The example's program, killed when it is dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where cargo puts examples: beside the folder of the tests' own programs.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("examples/handler");
    assert!(program.exists(), "build it first: `cargo build -p streamer --example handler`");
    program
}

#[tokio::test]
async fn carries_its_own_action_out() {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(program());
    command.arg("127.0.0.1:0").current_dir(home.path()).stdout(Stdio::piped());
    let mut program = Program(command.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(program.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (_, url) = line.trim().split_once("try it: http://").unwrap();
    let (address, token) = url.split_once("/?token=").unwrap();
    let mut client = Client::connect(address, token).await;

    let message = json!({ "id": "r-1", "action": "word_count", "payload": { "text": "to be or not to be" } });
    let acknowledgment = client.ask(message).await;
    let mut messages = Vec::new();
    while messages.last().is_none_or(|message: &serde_json::Value| message["type"] == "progress") {
        messages.push(client.receive().await);
    }

    assert_eq!(acknowledgment["type"], "acknowledgment");
    assert!(messages.len() > 1, "{messages:?}");
    assert_eq!(messages.pop().unwrap()["result"], json!({ "be": 2, "not": 1, "or": 1, "to": 2 }));
}
