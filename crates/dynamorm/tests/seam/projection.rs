//! Projections: what is asked for, and that nothing is left out silently.

use dynamorm::{prelude::*, testing::RecordedCall};
use serde_json::{Value, json};

use crate::{
    fixture::recorded,
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
