//! Projections and hydration: what is asked for, in how many requests, and that nothing is left out silently.

use dynamorm::{
    ErrorKind,
    prelude::*,
    testing::RecordedCall,
    transport::{Operation, TransportError, TransportErrorKind},
};
use serde_json::{Value, json};

use crate::{
    fixture::{db, recorded},
    layer::{Recording, Scripted},
    model::{Job, Lease},
};

#[derive(Debug, PartialEq, Projection)]
#[dynamorm(model = Lease)]
struct Holder {
    holder: Option<String>,
}

#[derive(Debug, PartialEq, Projection)]
#[dynamorm(model = Job)]
struct Tries {
    tries: i64,
    owner: String,
}

fn body(request: &RecordedCall) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

mod project {
    use super::*;

    #[tokio::test]
    async fn asks_for_the_fields_and_the_instant_of_expiry() {
        let (db, recording) = recorded().await;

        db.get(Lease::key("l")).project::<Holder>().await.unwrap();

        let body = body(&recording.take()[0]);
        assert_eq!(body["ProjectionExpression"], "#n0, #n1");
        assert_eq!(body["ExpressionAttributeNames"], json!({ "#n0": "holder", "#n1": "until" }));
    }

    #[tokio::test]
    async fn asks_for_the_fields_alone_where_a_filter_keeps_out_what_has_expired() {
        let (db, recording) = recorded().await;

        db.query(Lease::partition("l")).project::<Holder>().page().await.unwrap();
        db.scan::<Lease>().project::<Holder>().page().await.unwrap();

        for request in recording.take() {
            let body = body(&request);
            let name = body["ProjectionExpression"].as_str().unwrap();
            assert_eq!(body["ExpressionAttributeNames"][name], "holder");
        }
    }

    #[tokio::test]
    async fn shares_the_placeholder_of_a_name_with_a_filter() {
        let (db, recording) = recorded().await;

        let query = db.query(Job::partition("j")).filter(Job::fields().tries.gt(1));
        query.project::<Tries>().page().await.unwrap();

        let body = body(&recording.take()[0]);
        assert_eq!(body["FilterExpression"], "#n0 > :v0");
        assert_eq!(body["ProjectionExpression"], "#n0, #n3");
        assert_eq!(
            body["ExpressionAttributeNames"],
            json!({ "#n0": "tries", "#n1": "pk", "#n2": "sk", "#n3": "owner" })
        );
    }

    #[tokio::test]
    async fn asks_for_no_fields_where_it_counts() {
        let (db, recording) = recorded().await;

        db.query(Job::partition("j")).project::<Tries>().count().await.unwrap();
        db.scan::<Lease>().project::<Holder>().count().await.unwrap();

        for request in recording.take() {
            assert_eq!(body(&request)["Select"], "COUNT");
            assert_eq!(body(&request)["ProjectionExpression"], Value::Null);
        }
    }

    #[tokio::test]
    async fn asks_for_the_keys_where_they_tell_what_counts() {
        let (db, recording) = recorded().await;

        db.scan::<Job>().project::<Tries>().count().await.unwrap();

        let body = body(&recording.take()[0]);
        assert_eq!((&body["Select"], &body["ProjectionExpression"]), (&Value::Null, &json!("#n0, #n1")));
        assert_eq!(body["ExpressionAttributeNames"], json!({ "#n0": "pk", "#n1": "sk" }));
    }

    #[tokio::test]
    async fn goes_on_from_a_cursor_of_whole_items() {
        let (db, _) = recorded().await;
        for number in 0..3 {
            db.put(&Job { created: number, ..Job::new(&number.to_string()) }).await.unwrap();
        }
        let first = db.query(Job::by_owner("ann")).page_size(2).page().await.unwrap();

        let rest = db.query(Job::by_owner("ann")).project::<Tries>().after(first.next).page().await.unwrap();

        assert_eq!(rest.items, [Tries { tries: 0, owner: "ann".into() }]);
    }
}

mod project_in_segments {
    use super::*;

    #[tokio::test]
    async fn resumes_before_the_page_that_was_begun_and_loses_nothing() {
        let (db, _) = recorded().await;
        for number in 0..6 {
            db.put(&Job { tries: number, ..Job::new(&number.to_string()) }).await.unwrap();
        }
        let scan = || db.scan::<Job>().project::<Tries>().page_size(4).segments(1);
        let mut stream = scan().stream();
        let mut before = Vec::new();
        for _ in 0..5 {
            before.extend(stream.try_next().await.unwrap());
        }

        let after = scan().resume(stream.checkpoint()).stream().collect_up_to(9).await.unwrap();

        assert_eq!((before.len(), after.len()), (5, 2));
        assert_eq!(before[4], after[0]);
    }
}

mod hydrate {
    use super::*;

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

    fn names(jobs: &[Job]) -> Vec<&str> {
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

        assert_eq!(super::hydrate::names(&page.items), names);
        let sent = recording.take();
        let operations: Vec<_> = sent.iter().map(|request| request.operation).collect();
        assert_eq!(operations, [Operation::Query, Operation::BatchGetItem, Operation::BatchGetItem]);
        let query = body(&sent[0]);
        assert_eq!(query["ProjectionExpression"], "#n1, #n2");
        assert_eq!(query["ExpressionAttributeNames"], json!({ "#n0": "owner", "#n1": "pk", "#n2": "sk" }));
        let asked =
            |place: usize| body(&sent[place])["RequestItems"]["jobs"]["Keys"].as_array().unwrap().len();
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

        assert_eq!(names(&page.items), ["a", "c"]);
        assert_eq!(page.matched, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn asks_again_for_what_was_left_undone() {
        let script = Scripted::default().answer(keys(&["a", "b"])).answer(items(&["b"], &["a"]));
        let recording = Recording::over(script.answer(items(&["a"], &[])));
        let db = db(recording.clone());

        let page = db.query(Job::by_owner("ann")).hydrate().page().await.unwrap();

        assert_eq!(names(&page.items), ["a", "b"]);
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
        for stray in [items(&["z"], &[]), items(&[], &["z"]), items(&["a", "a"], &[]), items(&["a"], &["a"])]
        {
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
        assert_eq!(error.attribute_path().map(ToString::to_string).as_deref(), Some("sk"));
    }
}
