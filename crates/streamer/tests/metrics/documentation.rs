//! `docs/metrics.md` says what there is.

use serde_json::json;

use crate::{
    stage::{Stage, ended},
    support::client::refused,
};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md");

/// What stands around the list, and the list.
fn parts(page: &str) -> (&str, &str, &str) {
    let from = page.find("<!-- every metric").unwrap();
    let from = from + page[from..].find("-->\n").unwrap() + "-->\n".len();
    let to = page.find("<!-- end -->").unwrap();
    (&page[..from], &page[from..to], &page[to..])
}

#[test]
fn lists_every_metric_as_the_registry_has_it() {
    let page = std::fs::read_to_string(PATH).unwrap();
    let generated = streamer::metrics::Metrics::new([""]).reference();
    let (before, written, after) = parts(&page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return std::fs::write(PATH, format!("{before}{generated}{after}")).unwrap();
    }

    assert_eq!(written, generated, "write it anew: UPDATE_DOCS=1 cargo test -p streamer --test metrics");
}

#[tokio::test]
async fn names_the_labels_of_all_that_is_scraped() {
    let stage = Stage::new().await;
    let mut client = stage.server.connect("u-1").await;
    client.ask(json!({ "id": "r-1", "action": "steps", "payload": { "to": 1 } })).await;
    ended(&mut client, "r-1").await;
    refused(&stage.server.address, "none").await;
    client.socket.close(None).await.unwrap();
    stage.shows("streamer_connections_ended_total", &[("reason", "closed")], 1.0).await;
    let page = std::fs::read_to_string(PATH).unwrap();

    let scrape = stage.scrape().await;

    let documented: Vec<Vec<&str>> = parts(&page).1.lines().map(|row| row.split(" | ").collect()).collect();
    let labels = scrape.labels();
    for (metric, kind) in &scrape.types {
        let row = documented.iter().find(|row| row[0] == format!("| `{metric}`")).unwrap();
        assert_eq!(row[1], kind, "{metric}");
        let written: Vec<_> = labels[&**metric].iter().map(|label| format!("`{label}`")).collect();
        assert_eq!(row[2], written.join(", "), "{metric}");
    }
    // Those that have not happened are the only ones that are not there.
    assert_eq!(scrape.types.len() + 1, documented.len() - 2, "{:?}", scrape.types);
    assert!(!scrape.types.contains_key("streamer_engine_call_retries_total"));
}
