//! A report of a file that takes long, by a server that is killed meanwhile.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{fmt::Write as _, fs::File, io::Write as _, path::Path, time::Duration};

use serde_json::{Value, json};
use support::{
    database::Database,
    hearing::is_end,
    process::{Server, json},
    queue::{TENANT, connect, within},
};

/// How many rows the file repeats, and how often. A test's build reads it for much longer than the five seconds after which
/// a checkpoint is kept.
const ROWS: u32 = 7000;
const TIMES: u32 = 600;

/// How long the rest of the report takes at most, with what is waited for first: the lease of the killed worker.
const TAKEN_OVER: Duration = Duration::from_secs(60);

/// The amount in a row.
fn amount(row: u32) -> f64 {
    f64::from(row % 1000) + 0.25
}

/// Writes the file.
fn write_sales(path: &Path) {
    let mut rows = String::new();
    for row in 0..ROWS {
        writeln!(rows, "region-{},{}", row % 7, amount(row)).unwrap();
    }
    let mut file = File::create(path).unwrap();
    file.write_all(b"region,amount\n").unwrap();
    for _ in 0..TIMES {
        file.write_all(rows.as_bytes()).unwrap();
    }
}

/// The report of the whole file.
fn expected() -> Value {
    let times = f64::from(TIMES);
    let sum = |rows: &mut dyn Iterator<Item = u32>| number(rows.map(amount).sum::<f64>() * times);
    let groups: Vec<_> = (0..7)
        .map(|region| {
            let sum = sum(&mut (0..ROWS).filter(|row| row % 7 == region));
            json!({ "group": format!("region-{region}"), "rows": ROWS / 7 * TIMES, "sum": sum })
        })
        .collect();
    json!({
        "source": "sales.csv",
        "groups": groups,
        "rows": ROWS * TIMES,
        "sum": sum(&mut (0..ROWS)),
        "unreadable": { "rows": 0, "first": [] },
    })
}

/// A number as a report says it: without a fraction where it has none.
fn number(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as u64) } else { json!(number) }
}

mod report {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn whose_server_is_killed_ends_once_with_all_rows_after_a_restart() {
        let database = Database::new();
        write_sales(&database.folder.path().join("sales.csv"));
        let folder = database.folder.path().to_str().unwrap().to_owned();
        let flags = ["--db", &database.db(), "--data-dir", &folder, "--lease", "3s"];
        let stored = || json(&database.db(), &["requests", "get", "r-1", "--tenant", TENANT]);
        let server = Server::start_with(&flags);
        let mut client = connect(&server).await;
        let payload = json!({ "source": "sales.csv", "group_by": "region", "sum": "amount" });
        client.ask(json!({ "id": "r-1", "action": "generate_report", "payload": payload })).await;
        // In the middle: with something to go on from, unless the machine reads so fast that there is none by then.
        loop {
            let message = client.receive().await;
            assert!(!is_end(&message), "it ended before it could be broken off: {message}");
            if stored()["checkpoint"].is_object() || message["percentage"].as_u64() >= Some(70) {
                break;
            }
        }

        server.kill();
        let server = Server::start_with(&flags);
        let mut client = connect(&server).await;
        let before = client.subscribe("r-1").await["data"].clone();
        let messages = within(TAKEN_OVER, client.hears("r-1")).await;

        assert_eq!(before["status"], "PROCESSING", "{before}");
        let end = messages.last().unwrap();
        assert_eq!((&end["type"], &end["result"]), (&json!("complete"), &expected()), "{end}");
        client.hears_nothing_more().await;
        let stored = stored();
        assert_eq!((&stored["status"], &stored["attempt"]), (&json!("COMPLETED"), &json!(2)));
    }
}
