//! Hydration: what is asked for, in how many requests, and that nothing is left out silently.

use std::time::Duration;

use dynamorm::{
    Clock as _, ErrorKind,
    prelude::*,
    testing::TestClock,
    transport::{Operation, TransportError, TransportErrorKind},
};
use serde_json::{Value, json};

use crate::{
    fixture::{db, recorded},
    layer::{Recording, Scripted},
    model::Job,
};

fn body(request: &dynamorm::testing::RecordedCall) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// How many keys each request for a batch asks for.
fn asked(recording: &Recording) -> Vec<usize> {
    let sent = recording.take();
    let batches = sent.iter().filter(|request| request.operation == Operation::BatchGetItem);
    batches.map(|request| body(request)["RequestItems"]["jobs"]["Keys"].as_array().unwrap().len()).collect()
}

async fn store(db: &Db, count: u64) {
    for number in 0..count {
        db.put(&Job { created: number, ..Job::new(&format!("j-{number:03}")) }).await.unwrap();
    }
}

fn keys(names: &[&str]) -> String {
    let keys: Vec<_> = names.iter().map(|name| key(name)).collect();
    json!({ "Items": keys, "Count": keys.len(), "ScannedCount": keys.len() }).to_string()
}

fn key(name: &str) -> Value {
    json!({ "pk": { "S": format!("JOB#{name}") }, "sk": { "S": "METADATA" } })
}

fn item(name: &str) -> Value {
    json!({
        "pk": { "S": format!("JOB#{name}") }, "sk": { "S": "METADATA" }, "job_id": { "S": name },
        "owner": { "S": "ann" }, "created": { "N": "1" }, "site": { "S": "s" }, "room": { "S": "r" },
        "tries": { "N": "1" }, "steps": { "L": [] }, "labels": { "M": {} },
    })
}

/// An answer with the items of these names that leaves those undone.
fn items(names: &[&str], unprocessed: &[&str]) -> String {
    let items: Vec<_> = names.iter().map(|name| item(name)).collect();
    let keys: Vec<_> = unprocessed.iter().map(|name| key(name)).collect();
    let left = if keys.is_empty() { json!({}) } else { json!({ "jobs": { "Keys": keys } }) };
    json!({ "Responses": { "jobs": items }, "UnprocessedKeys": left }).to_string()
}

fn names_of(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.job_id.as_str()).collect()
}

#[tokio::test]
async fn reads_a_page_by_its_keys_100_a_request() {
    let (db, recording) = recorded().await;
    let names: Vec<_> = (0..130_u64).map(|number| format!("j-{number:03}")).collect();
    for (number, name) in (0..).zip(&names) {
        db.put(&Job { created: number, ..Job::new(name) }).await.unwrap();
    }
    recording.take();

    let page = db.query(Job::by_owner("ann")).hydrate().page().await.unwrap();

    assert_eq!(names_of(&page.items), names);
    let sent = recording.take();
    let operations: Vec<_> = sent.iter().map(|request| request.operation).collect();
    assert_eq!(operations, [Operation::Query, Operation::BatchGetItem, Operation::BatchGetItem]);
    let query = body(&sent[0]);
    assert_eq!(query["ProjectionExpression"], "#n1, #n2");
    assert_eq!(query["ExpressionAttributeNames"], json!({ "#n0": "owner", "#n1": "pk", "#n2": "sk" }));
    let asked = |place: usize| body(&sent[place])["RequestItems"]["jobs"]["Keys"].as_array().unwrap().len();
    assert_eq!((asked(1), asked(2)), (100, 30));
    assert_eq!(body(&sent[1])["RequestItems"]["jobs"]["ConsistentRead"], true);
}

#[tokio::test]
async fn sends_one_request_for_an_empty_page() {
    let (db, recording) = recorded().await;

    let page = db.query(Job::by_owner("nobody")).hydrate().page().await.unwrap();

    assert!(page.items.is_empty());
    assert_eq!(recording.take_operations(), [Operation::Query]);
}

#[tokio::test]
async fn leaves_out_what_is_gone_by_then() {
    let db = db(Scripted::default().answer(keys(&["a", "b", "c"])).answer(items(&["c", "a"], &[])));

    let page = db.query(Job::by_owner("ann")).hydrate().page().await.unwrap();

    assert_eq!(names_of(&page.items), ["a", "c"]);
    assert_eq!(page.matched, 3);
}

#[tokio::test(start_paused = true)]
async fn asks_again_for_what_was_left_undone() {
    let script = Scripted::default().answer(keys(&["a", "b"])).answer(items(&["b"], &["a"]));
    let recording = Recording::over(script.answer(items(&["a"], &[])));
    let db = db(recording.clone());

    let page = db.query(Job::by_owner("ann")).hydrate().page().await.unwrap();

    assert_eq!(names_of(&page.items), ["a", "b"]);
    assert_eq!(recording.take().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn is_an_error_when_an_item_stays_undone() {
    let mut script = Scripted::default().answer(keys(&["a", "b"])).answer(items(&["b"], &["a"]));
    for _ in 0..20 {
        script = script.answer(items(&[], &["a"]));
    }
    let db = db(script);

    let error = db.query(Job::by_owner("ann")).hydrate().page().await.unwrap_err();

    assert_eq!((error.kind(), error.operation()), (ErrorKind::Throttled, Some(Operation::BatchGetItem)));
}

#[tokio::test]
async fn is_an_error_when_one_of_its_requests_fails() {
    let all: Vec<_> = (0..101).map(|number| number.to_string()).collect();
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    let lost = TransportError::new(TransportErrorKind::Unavailable, "the connection was lost");
    let db = db(Scripted::default().answer(keys(&all)).answer(items(&all[..100], &[])).fail(lost));

    let error = db.query(Job::by_owner("ann")).hydrate().page().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn takes_an_item_that_it_did_not_ask_for_as_no_answer() {
    for stray in [items(&["z"], &[]), items(&[], &["z"]), items(&["a", "a"], &[]), items(&["a"], &["a"])] {
        let db = db(Scripted::default().answer(keys(&["a"])).answer(stray));

        let error = db.query(Job::by_owner("ann")).hydrate().page().await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Decode);
    }
}

#[tokio::test]
async fn needs_the_keys_of_what_it_reads() {
    let keyless = json!({ "Items": [{ "pk": { "S": "JOB#a" } }], "Count": 1, "ScannedCount": 1 });
    let db = db(Scripted::default().answer(keyless.to_string()));

    let error = db.query(Job::by_owner("ann")).hydrate().page().await.unwrap_err();

    assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some(Operation::Query)));
    assert_eq!(error.attribute_path().map(ToString::to_string).as_deref(), Some("Items[0].sk"));
}

#[tokio::test]
async fn takes_from_the_table_no_more_than_it_gives() {
    let (db, recording) = recorded().await;
    store(&db, 30).await;
    let query = || db.query(Job::by_owner("ann")).hydrate();
    recording.take();

    query().page_size(20).take(3).await.unwrap();
    query().filter(Job::fields().tries.lt(5)).take(3).await.unwrap();

    assert_eq!(asked(&recording), [3, 3]);
}

#[tokio::test]
async fn take_goes_on_past_what_is_gone() {
    let script = Scripted::default().answer(keys(&["a", "b", "c", "d", "e"]));
    let recording = Recording::over(script.answer(items(&["b"], &[])).answer(items(&["c", "d"], &[])));
    let db = db(recording.clone());

    let taken = db.query(Job::by_owner("ann")).page_size(9).hydrate().take(2).await.unwrap();

    assert_eq!(names_of(&taken), ["b", "c"]);
    assert_eq!(asked(&recording), [2, 3]);
}

#[tokio::test]
async fn reads_a_page_of_400_unless_told_otherwise() {
    let (db, recording) = recorded().await;
    let query = || db.query(Job::by_owner("ann")).hydrate();

    query().page().await.unwrap();
    query().filter(Job::fields().tries.lt(5)).take(3).await.unwrap();
    query().stream().try_next().await.unwrap();
    query().page_size(7).page().await.unwrap();
    query().take(3).await.unwrap();

    let limits: Vec<_> = recording.take().iter().map(|request| body(request)["Limit"].clone()).collect();
    assert_eq!(limits, [json!(400), Value::Null, json!(400), json!(7), json!(3)]);
}

#[tokio::test]
async fn counts_by_the_index_alone() {
    let (db, recording) = recorded().await;
    store(&db, 3).await;
    recording.take();

    assert_eq!(db.query(Job::by_owner("ann")).hydrate().count().await.unwrap(), 3);

    let sent = recording.take();
    assert_eq!(sent.len(), 1);
    assert_eq!(body(&sent[0])["Limit"], Value::Null);
}

/// A model that expires, without a template by which its items could be told.
#[derive(Debug, Model)]
#[dynamorm(table = "rentals", key(partition = id), index(name = "owner-index", partition = owner, projection = keys))]
struct Rental {
    id: String,
    owner: String,
    #[dynamorm(ttl)]
    until: Option<Timestamp>,
}

#[tokio::test]
async fn counts_without_reading_where_all_items_are_the_models() {
    let recording = Recording::over(dynamorm::embedded::Embedded::memory().unwrap());
    let db = db(recording.clone());
    db.ensure_table::<Rental>().await.unwrap();
    recording.take();

    db.query(Rental::by_owner("ann")).hydrate().count().await.unwrap();

    assert_eq!(body(&recording.take()[0])["Select"], "COUNT");
}

#[tokio::test]
async fn leaves_out_what_has_expired_since_the_index_was_read() {
    let clock = TestClock::new();
    let until = |seconds: u64| {
        let at = clock.now().saturating_add(Duration::from_secs(seconds));
        at.to_unix_seconds().to_string()
    };
    let rental = |id: &str, until: &str| json!({ "id": { "S": id }, "owner": { "S": "ann" }, "until": { "N": until } });
    let page =
        json!({ "Items": [{ "id": { "S": "a" } }, { "id": { "S": "b" } }], "Count": 2, "ScannedCount": 2 });
    let found = json!({ "Responses": { "rentals": [rental("a", &until(0)), rental("b", &until(60))] } });
    let db = Db::new(Scripted::default().answer(page.to_string()).answer(found.to_string()))
        .with_clock(clock.clone());

    let page = db.query(Rental::by_owner("ann")).hydrate().page().await.unwrap();

    assert_eq!(page.items.iter().map(|rental| &*rental.id).collect::<Vec<_>>(), ["b"]);
    assert_eq!(page.matched, 2);
}

#[tokio::test]
async fn asks_the_table_for_no_item_of_another_model() {
    let mixed = json!({
        "Items": [key("a"), { "pk": { "S": "JOB#a" }, "sk": { "S": "NOTE" } }, key("b")], "Count": 3, "ScannedCount": 3,
    });
    let recording =
        Recording::over(Scripted::default().answer(mixed.to_string()).answer(items(&["a", "b"], &[])));
    let db = db(recording.clone());

    let page = db.query(Job::by_owner("ann")).hydrate().page().await.unwrap();

    assert_eq!((names_of(&page.items), page.matched), (vec!["a", "b"], 2));
    assert_eq!(asked(&recording), [2]);
}
