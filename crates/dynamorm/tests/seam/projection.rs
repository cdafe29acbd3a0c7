//! Projections: what is asked for, and that nothing is left out silently.

use dynamorm::{Error, Explanation, prelude::*, testing::RecordedCall, transport::Operation};
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

/// What an answer has to hold besides anyway.
#[derive(Debug, PartialEq, Projection)]
#[dynamorm(model = Lease)]
struct Named {
    until: Option<Timestamp>,
    name: String,
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
    async fn asks_for_the_keys_where_it_counts_in_an_index_of_a_model_with_key_templates() {
        let (db, recording) = recorded().await;

        db.query(Job::by_owner("ann")).count().await.unwrap();

        let body = body(&recording.take()[0]);
        assert_eq!((&body["Select"], &body["ProjectionExpression"]), (&Value::Null, &json!("#n1, #n2")));
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

mod project_in_a_batch {
    use super::*;

    fn tries(tries: i64) -> Tries {
        Tries { tries, owner: "ann".into() }
    }

    /// What the one request asks of the table.
    fn asked(requests: Result<Vec<Explanation>, Error>) -> Value {
        let requests = requests.unwrap();
        assert_eq!(requests.len(), 1);
        let body: Value = serde_json::from_slice(requests[0].request()).unwrap();
        body["RequestItems"]["leases"].clone()
    }

    #[tokio::test]
    async fn asks_for_the_fields_the_key_and_the_instant_of_expiry() {
        let (db, _) = recorded().await;

        let batch = db.batch_get(["a", "b", "a"].map(Lease::key)).project::<Holder>();

        assert_eq!(
            asked(batch.explain()),
            json!({
                "Keys": [{ "name": { "S": "a" } }, { "name": { "S": "b" } }],
                "ProjectionExpression": "#n0, #n1, #n2",
                "ExpressionAttributeNames": { "#n0": "holder", "#n1": "name", "#n2": "until" },
            })
        );
    }

    #[tokio::test]
    async fn asks_for_no_attribute_twice() {
        let (db, _) = recorded().await;

        let asked = asked(db.batch_get([Lease::key("a")]).project::<Named>().explain());

        assert_eq!(asked["ExpressionAttributeNames"], json!({ "#n0": "until", "#n1": "name" }));
    }

    #[tokio::test]
    async fn is_consistent_whether_that_is_said_before_or_after() {
        let (db, _) = recorded().await;
        let batch = || db.batch_get([Lease::key("a")]);

        for batch in [batch().consistent().project::<Holder>(), batch().project::<Holder>().consistent()] {
            assert_eq!(asked(batch.explain())["ConsistentRead"], true);
        }
        assert_eq!(asked(batch().project::<Holder>().explain())["ConsistentRead"], Value::Null);
    }

    #[tokio::test(start_paused = true)]
    async fn asks_again_for_the_same_fields_of_what_was_left_out() {
        let left = r#"{"jobs":{"Keys":[{"pk":{"S":"JOB#b"},"sk":{"S":"METADATA"}}]}}"#;
        let item = |id: &str| {
            format!(
                r#"{{"tries":{{"N":"1"}},"owner":{{"S":"ann"}},"pk":{{"S":"JOB#{id}"}},"sk":{{"S":"METADATA"}}}}"#
            )
        };
        let first = format!(r#"{{"Responses":{{"jobs":[{}]}},"UnprocessedKeys":{left}}}"#, item("a"));
        let second = format!(r#"{{"Responses":{{"jobs":[{}]}}}}"#, item("b"));
        let recording = Recording::over(Scripted::default().answer(first).answer(second));
        let db = db(recording.clone());

        let got = db.batch_get(["a", "b"].map(Job::key)).project::<Tries>().await.unwrap();

        assert_eq!(got.complete().unwrap(), [tries(1), tries(1)]);
        let asked: Vec<_> =
            recording.take().iter().map(|request| body(request)["RequestItems"]["jobs"].clone()).collect();
        assert_eq!((asked[0]["Keys"].as_array().unwrap().len(), asked.len()), (2, 2));
        assert_eq!(asked[1]["Keys"], json!([{ "pk": { "S": "JOB#b" }, "sk": { "S": "METADATA" } }]));
        for member in ["ProjectionExpression", "ExpressionAttributeNames"] {
            assert_ne!(asked[0][member], Value::Null);
            assert_eq!(asked[1][member], asked[0][member]);
        }
    }

    #[tokio::test]
    async fn knows_its_items_however_their_keys_are_written() {
        let body = r#"{"Responses":{"jobs":[
            {"sk":{"S":"METADATA"},"owner":{"S":"ann"},"pk":{"S":"JOB\u0023b"},"tries":{"N":"2"}},
            {"pk": {"S": "JOB#a"}, "sk": {"S": "METADATA"}, "tries": {"N": "1"}, "owner": {"S": "ann"}}
        ]}}"#;
        let db = db(Scripted::default().answer(body));

        let got = db.batch_get(["a", "b"].map(Job::key)).project::<Tries>().await.unwrap();

        assert_eq!(got.found, [tries(1), tries(2)]);
    }

    #[tokio::test]
    async fn takes_an_item_that_it_did_not_ask_for_as_no_answer() {
        let a = r#"{"tries":{"N":"1"},"owner":{"S":"ann"},"pk":{"S":"JOB#a"},"sk":{"S":"METADATA"}}"#;
        let without_a_key = a.replace(r#","pk":{"S":"JOB#a"}"#, "");
        for stray in [&a.replace("JOB#a", "JOB#z"), &format!("{a},{a}"), &without_a_key] {
            let db = db(Scripted::default().answer(format!(r#"{{"Responses":{{"jobs":[{stray}]}}}}"#)));

            let read = db.batch_get([Job::key("a")]).project::<Tries>().await;

            assert_eq!(read.unwrap_err().kind(), ErrorKind::Decode, "{stray}");
        }
    }

    #[tokio::test]
    async fn names_the_attribute_that_it_cannot_read() {
        let item = r#"{"tries":{"S":"one"},"owner":{"S":"ann"},"pk":{"S":"JOB#a"},"sk":{"S":"METADATA"}}"#;
        let db = db(Scripted::default().answer(format!(r#"{{"Responses":{{"jobs":[{item}]}}}}"#)));

        let error = db.batch_get([Job::key("a")]).project::<Tries>().await.unwrap_err();

        assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some(Operation::BatchGetItem)));
        assert_eq!(error.attribute_path().unwrap().to_string(), "Responses[0].tries");
    }
}

mod project_in_segments {
    use super::*;

    #[tokio::test]
    async fn resumes_after_the_last_item() {
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

        assert_eq!((before.len(), after.len()), (5, 1));
        assert!(!before.contains(&after[0]), "{after:?}");
    }
}
