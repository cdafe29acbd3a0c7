use std::{fs, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::GenerateReport;
use crate::{
    builtin::attempt::Attempt,
    handler::{ErasedHandler, HandlerError},
    protocol::Code,
};

/// A data directory with one file of so many rows.
fn directory_with(rows: usize) -> (TempDir, GenerateReport) {
    let directory = tempfile::tempdir().unwrap();
    let content = format!("region,amount\n{}", "north,0.1\n".repeat(rows));
    fs::write(directory.path().join("sales.csv"), content).unwrap();
    let handler = GenerateReport::new(directory.path()).unwrap();
    (directory, handler)
}

fn request(source: &str) -> String {
    json!({ "source": source, "group_by": "region", "sum": "amount" }).to_string()
}

async fn generate(handler: &GenerateReport, source: &str, attempt: &Attempt) -> Result<Value, HandlerError> {
    let result = ErasedHandler::handle(handler, &request(source), &attempt.context).await?;
    Ok(result.to_value())
}

#[tokio::test]
async fn tells_the_groups_and_all_rows() {
    let (_directory, handler) = directory_with(3);
    let attempt = Attempt::first().await;

    let report = generate(&handler, "sales.csv", &attempt).await.unwrap();

    let expected = json!({
        "source": "sales.csv",
        "groups": [{ "group": "north", "rows": 3, "sum": 0.3 }],
        "rows": 3,
        "sum": 0.3,
        "unreadable": { "rows": 0, "first": [] },
    });
    assert_eq!(report, expected);
}

#[tokio::test]
async fn says_how_much_it_has_read() {
    let (_directory, handler) = directory_with(600_000);
    let attempt = Attempt::first().await;

    let mut reported = attempt.reported.clone();
    let first = tokio::spawn(async move {
        reported.changed().await.unwrap();
        reported.borrow().clone().unwrap()
    });
    generate(&handler, "sales.csv", &attempt).await.unwrap();

    let first = first.await.unwrap();
    assert_eq!((first.percentage, first.message.as_deref()), (69, Some("read 4.2 of 6.0 MB")));
    let last = attempt.reported.borrow().clone().unwrap();
    assert_eq!((last.percentage, last.message.as_deref()), (100, Some("read 6.0 of 6.0 MB")));
}

#[tokio::test]
async fn ends_where_there_is_no_such_file() {
    let (_directory, handler) = directory_with(1);
    let attempt = Attempt::first().await;

    let error = generate(&handler, "absent.csv", &attempt).await.unwrap_err();

    assert_eq!((error.code(), error.is_retryable()), (Code::NotFound, false));
}

#[tokio::test]
async fn refuses_a_path_before_it_is_stored_and_when_it_runs() {
    let (_directory, handler) = directory_with(1);
    let attempt = Attempt::first().await;

    for source in ["../sales.csv", "/etc/passwd", "sales.txt", ""] {
        let failure = ErasedHandler::validate(&handler, &request(source)).unwrap_err();
        assert_eq!(failure.code, Code::ValidationError, "{source}");
        assert_eq!(failure.details, Some(json!({ "field": "source" }).into()), "{source}");

        let error = generate(&handler, source, &attempt).await.unwrap_err();
        assert_eq!((error.code(), error.is_retryable()), (Code::ValidationError, false), "{source}");
    }
    assert_eq!(ErasedHandler::validate(&handler, &request("sales.csv")), Ok(()));
}

#[tokio::test]
async fn stops_soon_when_it_is_cancelled() {
    let (_directory, handler) = directory_with(600_000);
    let attempt = Attempt::first().await;
    attempt.cancellation.cancel();

    let generated = generate(&handler, "sales.csv", &attempt);
    let error = tokio::time::timeout(Duration::from_secs(10), generated).await.unwrap().unwrap_err();

    assert_eq!(error.to_string(), "the report was given up");
    assert_eq!(attempt.reported.borrow().clone().unwrap().percentage, 0);
}

#[tokio::test]
async fn keeps_a_checkpoint_that_the_next_attempt_goes_on_from() {
    let (_directory, mut handler) = directory_with(600_000);
    handler.checkpoint_interval = Duration::ZERO;
    let attempt = Attempt::first().await;
    let whole = generate(&handler, "sales.csv", &attempt).await.unwrap();
    let kept = attempt.stored().await.checkpoint.unwrap();

    // As if what was read up to there had been of another group.
    assert!(kept.as_str().contains(r#"[["north",{"rows":"#), "{}", kept.as_str());
    let attempt = attempt.next(&kept.as_str().replace("north", "kept")).await;
    let resumed = generate(&handler, "sales.csv", &attempt).await.unwrap();

    assert_eq!(resumed["rows"], whole["rows"]);
    assert_eq!(resumed["sum"], whole["sum"]);
    let groups: Vec<_> =
        resumed["groups"].as_array().unwrap().iter().map(|group| group["group"].as_str().unwrap()).collect();
    assert_eq!(groups, ["kept", "north"]);
    // The part of the first slice.
    assert!(resumed["groups"][0]["rows"].as_u64() > Some(400_000), "{resumed}");
}

#[tokio::test]
async fn reads_anew_where_the_checkpoint_is_not_its_own() {
    let (_directory, handler) = directory_with(3);
    let attempt = Attempt::first().await.next(r#"{"rows":7}"#).await;

    let report = generate(&handler, "sales.csv", &attempt).await.unwrap();

    assert_eq!(report["rows"], 3);
}
