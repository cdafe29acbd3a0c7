//! `streamer bench`: a load on a real server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::Value;
use support::{
    process::{Server, run, streamer},
    token::{claims, signed},
};

/// Runs the load on a server with these arguments; gives the exit code and the report.
fn load(server: &Server, arguments: &[&str]) -> (Option<i32>, Value) {
    let url = format!("ws://{}/ws", server.address());
    let token = signed(&claims("u-1", "t-1"));
    let output = run(streamer().args(["bench", "--json", "--url", &url, "--token", &token]).args(arguments));
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

#[test]
fn counts_every_request_and_how_long_it_took() {
    let server = Server::start();

    let (code, report) = load(&server, &["--connections", "5", "--rate", "20", "--duration", "1s"]);

    assert_eq!(code, Some(0), "{report}");
    assert_eq!(
        (&report["submitted"], &report["completed"], &report["unfinished"]),
        (&20.into(), &20.into(), &0.into())
    );
    for what in ["acknowledgment", "end"] {
        let of = &report[what];
        assert_eq!(of["count"], 20, "{what}");
        let ordered = ["p50Ms", "p90Ms", "p99Ms", "maxMs"].map(|name| of[name].as_f64().unwrap());
        assert!(ordered.is_sorted() && ordered[0] > 0.0, "{what}: {ordered:?}");
    }
    assert!(report["acknowledgment"]["p50Ms"].as_f64() <= report["end"]["p50Ms"].as_f64());
}

#[test]
fn says_what_failed_and_ends_with_7() {
    let server = Server::start();

    let payload = r#"{"to":1,"fail_at":1}"#;
    let arguments =
        ["--connections", "1", "--requests", "2", "--rate", "10", "--drain", "1s", "--payload", payload];
    let (code, report) = load(&server, &arguments);

    // They are tried again for longer than they are waited for.
    assert_eq!(code, Some(7), "{report}");
    assert_eq!(report["completed"], 0);
    assert_eq!(report["submitted"], 2);
}

#[test]
fn refuses_a_rate_that_the_connections_may_not_have() {
    let server = Server::start();

    let (code, _) = load(&server, &["--connections", "1", "--rate", "51"]);

    assert_eq!(code, Some(2));
}
