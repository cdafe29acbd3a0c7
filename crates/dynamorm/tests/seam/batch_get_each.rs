//! Batches of reads of several models: nothing is dropped, nothing retried for ever, and no outcome lost.

use dynamorm::{
    Db, ErrorKind, Model,
    testing::Fault::{self, Unprocessed},
    transport::Operation,
};
use serde_json::Value;

use crate::{
    fixture::{befall, db, layered},
    layer::{Recording, Scripted},
    model::{Job, Lease},
};

/// A database of 150 jobs and one lease whose batches of reads go wrong so, one after the other, and the recording of its
/// requests.
async fn befallen(faults: impl IntoIterator<Item = Option<Fault>>) -> (Db, Recording) {
    let (db, layer, recording) = layered().await;
    let jobs: Vec<_> = ids(150).iter().map(|id| Job::new(id)).collect();
    db.batch_write().put_all(&jobs).await.unwrap().complete().unwrap();
    db.put(&Lease::new("l")).await.unwrap();
    recording.take();
    befall(&layer, Operation::BatchGetItem, faults);
    (db, recording)
}

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("j-{number:03}")).collect()
}

fn jobs(count: usize) -> Vec<<Job as Model>::Key> {
    ids(count).iter().map(|id| Job::key(id.as_str())).collect()
}

/// How many keys of jobs and of leases each request holds.
fn sizes(recording: &Recording) -> Vec<[usize; 2]> {
    let size = |body: &Value, table: &str| body["RequestItems"][table]["Keys"].as_array().map_or(0, Vec::len);
    let requests = recording.take();
    assert!(requests.iter().all(|request| request.operation == Operation::BatchGetItem));
    let bodies = requests.iter().map(|request| serde_json::from_slice::<Value>(&request.body).unwrap());
    bodies.map(|body| ["jobs", "leases"].map(|table| size(&body, table))).collect()
}

#[tokio::test]
async fn sends_a_hundred_keys_a_request_over_all_tables() {
    let (db, recording) = befallen([]).await;

    let (jobs, leases) = db.batch_get_each().keys(jobs(150)).keys([Lease::key("l")]).await.unwrap();

    assert_eq!((jobs.found.len(), leases.found.len()), (150, 1));
    assert_eq!(sizes(&recording), [[100, 0], [50, 1]]);
}

#[tokio::test(start_paused = true)]
async fn asks_again_for_what_was_left_out_and_for_nothing_else() {
    let (db, recording) = befallen([Some(Unprocessed(3)); 2]).await;

    let (jobs, leases) = db.batch_get_each().keys(jobs(4)).keys(["l", "m"].map(Lease::key)).await.unwrap();

    assert_eq!(jobs.complete().unwrap().len(), 4);
    assert_eq!((leases.found.len(), leases.missing), (1, vec![Lease::key("m")]));
    assert_eq!(sizes(&recording), [[4, 2], [1, 2], [1, 2]]);
}

#[tokio::test(start_paused = true)]
async fn gives_up_after_eight_useless_answers_and_names_the_keys() {
    let (db, recording) = befallen([Some(Unprocessed(3)); 21]).await;

    let (jobs, leases) = db.batch_get_each().keys(jobs(3)).keys([Lease::key("l")]).await.unwrap();

    assert_eq!(sizes(&recording).len(), 9);
    assert_eq!((jobs.found.len(), leases.found.len()), (1, 0));
    let unread: Vec<_> = jobs.unread.iter().map(|unread| unread.key.clone()).collect();
    assert_eq!(unread, ["j-001", "j-002"].map(Job::key));
    assert_eq!(leases.unread[0].key, Lease::key("l"));
    let reason = &jobs.unread[0].reason;
    assert_eq!((reason.kind(), reason.operation()), (ErrorKind::Throttled, Some(Operation::BatchGetItem)));
    assert_eq!(reason.attempts(), 8);
}

#[tokio::test]
async fn loses_no_other_requests_outcome_when_one_fails() {
    let (db, _) = befallen([Some(Fault::LostBefore)]).await;

    let (jobs, leases) = db.batch_get_each().keys(jobs(150)).keys([Lease::key("l")]).await.unwrap();

    assert_eq!((jobs.found.len(), jobs.unread.len(), leases.found.len()), (50, 100, 1));
    assert_eq!(jobs.found[0].job_id, "j-100");
    assert_eq!(jobs.unread[99].key, Job::key("j-099"));
    assert_eq!(jobs.complete().unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn fails_as_a_whole_when_nothing_was_read() {
    let (db, _) = befallen([Some(Fault::Denied)]).await;

    let error = db.batch_get_each().keys(jobs(1)).keys([Lease::key("l")]).await.unwrap_err();

    assert_eq!((error.kind(), error.operation()), (ErrorKind::Denied, Some(Operation::BatchGetItem)));
    assert_eq!(error.table(), None);
}

#[tokio::test]
async fn takes_what_it_did_not_ask_for_as_no_answer() {
    let lease = r#"{"name":{"S":"l"},"version":{"N":"1"},"created_at":{"S":"2026-01-01T00:00:00Z"},"updated_at":{"S":"2026-01-01T00:00:00Z"}}"#;
    for stray in [
        format!(r#"{{"Responses":{{"jobs":[{lease}]}}}}"#),
        format!(r#"{{"Responses":{{"other":[{lease}]}}}}"#),
        format!(r#"{{"Responses":{{"leases":[{lease},{lease}]}}}}"#),
        r#"{"Responses":{"leases":[{"name":{"S":"l"}}]}}"#.into(),
        r#"{"Responses":{"leases":[{"name":{"S":"z"}}]}}"#.into(),
        "{}".into(),
        r#"{"Responses":{},"UnprocessedKeys":{"leases":{"Keys":[{"name":{"S":"z"}}]}}}"#.into(),
        r#"{"Responses":{},"UnprocessedKeys":{"other":{"Keys":[{"name":{"S":"l"}}]}}}"#.into(),
        r#"{"Responses":{},"UnprocessedKeys":{"leases":{"Keys":[{"name":{"S":"l"}},{"name":{"S":"l"}}]}}}"#
            .into(),
    ] {
        let db = db(Scripted::default().answer(stray.clone()));

        let error = db.batch_get_each().keys([Lease::key("l")]).keys(jobs(1)).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Decode, "{stray}");
    }
}

#[tokio::test]
async fn shows_all_of_its_requests() {
    let (db, recording) = befallen([]).await;

    let requests = db.batch_get_each().keys(jobs(101)).keys([Lease::key("l")]).explain().unwrap();

    assert_eq!(requests.iter().map(|request| request.table().to_owned()).collect::<Vec<_>>(), ["jobs", ""]);
    assert_eq!(recording.count(), 0);
}
