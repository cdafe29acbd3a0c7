//! What a server logs of handlers that panic, in a process of its own: this very program, where it is told to serve.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{env, process::ExitCode};

use serde_json::{Map, Value, json};
use streamer::{
    handler::{Context, Handler, HandlerError, Handlers, Mode},
    protocol::Failure,
};
use support::{
    client::Client,
    process::Server,
    token::{claims, signed},
};

/// A text that stands in what clients send, and in what the panics say.
const MARKER: &str = "mayfly";

/// Panics with its payload, in the way that the payload names.
#[derive(Clone, Copy)]
struct Panicking(Mode);

impl Handler for Panicking {
    type Payload = Map<String, Value>;
    type Output = Value;

    fn action(&self) -> &str {
        match self.0 {
            Mode::Immediate => "panic_at_once",
            Mode::Queued => "panic",
        }
    }

    fn mode(&self) -> Mode {
        self.0
    }

    fn max_retries(&self) -> u32 {
        0
    }

    fn validate(&self, payload: &Self::Payload) -> Result<(), Failure> {
        assert!(payload["where"] != "early", "of {payload:?}");
        Ok(())
    }

    async fn handle(&self, payload: Self::Payload, _: &Context) -> Result<Value, HandlerError> {
        let place = payload["where"].clone();
        let panics = move || -> Value { panic!("of {payload:?}\nin a second line") };
        match place.as_str() {
            Some("thread") => tokio::task::spawn_blocking(panics).await.map_err(HandlerError::fail),
            Some("task") => tokio::spawn(async move { panics() }).await.map_err(HandlerError::fail),
            _ => Ok(panics()),
        }
    }
}

fn main() -> ExitCode {
    if env::args().nth(1).as_deref() == Some("serve") {
        let mut handlers = Handlers::new();
        for mode in [Mode::Immediate, Mode::Queued] {
            handlers.add(Panicking(mode)).unwrap();
        }
        return streamer::cli::run_with(handlers);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        in_json_are_lines_of_json_without_what_the_panic_says().await;
        in_text_are_without_what_the_panic_says().await;
    });
    ExitCode::SUCCESS
}

/// Has a server log in this format while its handlers panic in each way; returns what it logged.
async fn logged(format: &str) -> String {
    let flags = ["--db", "memory:", "--log", "trace", "--log-format", format];
    let server = Server::start_of_this_program(&flags);
    let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
    for action in ["panic", "panic_at_once"] {
        for place in ["early", "handler", "thread", "task"] {
            let id = format!("{action}-{place}");
            let payload = json!({ "where": place, MARKER: MARKER });
            client.send(json!({ "id": id, "action": action, "payload": payload })).await;
            let mut answer = client.receive().await;
            if answer["type"] == "acknowledgment" {
                answer = client.receive().await;
            }
            assert_eq!((&answer["type"], &answer["request_id"]), (&json!("error"), &json!(id)), "{answer}");
        }
    }
    assert_eq!(client.ask(json!({ "action": "ping" })).await["type"], "response");
    server.terminate();
    String::from_utf8(server.finish().stderr).unwrap()
}

fn has_no_text_of_a_panic(log: &str) {
    assert!(log.contains("a thread panicked"), "no panic is logged: {log}");
    for text in [MARKER, "in a second line"] {
        let line = log.lines().find(|line| line.contains(text));
        assert!(line.is_none(), "`{text}` is logged: {line:?}");
    }
}

async fn in_json_are_lines_of_json_without_what_the_panic_says() {
    let log = logged("json").await;

    has_no_text_of_a_panic(&log);
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}")))
        .collect();
    let panics = lines.iter().filter(|line| line["fields"]["message"] == "a thread panicked");
    let places: Vec<_> = panics.map(|line| line["fields"]["at"].to_string()).collect();
    assert_eq!(places.len(), 8, "{places:?}");
    assert!(places.iter().all(|place| place.contains("panics.rs:")), "{places:?}");
}

async fn in_text_are_without_what_the_panic_says() {
    let log = logged("text").await;

    has_no_text_of_a_panic(&log);
}
