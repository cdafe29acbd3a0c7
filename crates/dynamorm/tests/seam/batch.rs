//! Batches: what an engine leaves undone is asked for again, and nothing is lost where it fails.

use dynamorm::{
    ErrorKind,
    transport::{Operation, TransportError, TransportErrorKind},
};
use serde_json::{Value, json};

use crate::{
    fixture::db,
    layer::{Recording, Scripted},
    model::{Job, Lease},
};

fn item(name: &str) -> Value {
    json!({
        "name": { "S": name },
        "version": { "N": "1" },
        "created_at": { "S": "2026-01-01T00:00:00Z" },
        "updated_at": { "S": "2026-01-01T00:00:00Z" },
    })
}

/// An answer with these items that leaves these keys undone.
fn answer(found: &[&str], unprocessed: &[&str]) -> String {
    let items: Vec<_> = found.iter().map(|name| item(name)).collect();
    let keys: Vec<_> = unprocessed.iter().map(|name| json!({ "name": { "S": name } })).collect();
    let left = if keys.is_empty() { json!({}) } else { json!({ "leases": { "Keys": keys } }) };
    json!({ "Responses": { "leases": items }, "UnprocessedKeys": left }).to_string()
}

fn keys_of(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap();
    let keys = body["RequestItems"]["leases"]["Keys"].as_array().unwrap();
    keys.iter().map(|key| key["name"]["S"].as_str().unwrap().to_owned()).collect()
}

fn names(leases: &[Lease]) -> Vec<&str> {
    leases.iter().map(|lease| lease.name.as_str()).collect()
}

mod batch_get {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn asks_again_for_what_was_left_out_and_for_nothing_else() {
        let script = Scripted::default().answer(answer(&["b"], &["c", "a"])).answer(answer(&["a"], &["c"]));
        let recording = Recording::over(script.answer(answer(&[], &[])));
        let db = db(recording.clone());

        let got = db.batch_get(["a", "b", "c"].map(Lease::key)).await.unwrap();

        assert_eq!(names(&got.found), ["a", "b"]);
        assert_eq!(got.missing, [Lease::key("c")]);
        let asked: Vec<_> = recording.take().iter().map(|request| keys_of(&request.body)).collect();
        assert_eq!(asked, [vec!["a", "b", "c"], vec!["c", "a"], vec!["c"]]);
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_after_eight_useless_answers_and_names_the_keys() {
        let mut script = Scripted::default().answer(answer(&["a"], &["b"]));
        for _ in 0..20 {
            script = script.answer(answer(&[], &["b"]));
        }
        let recording = Recording::over(script);
        let db = db(recording.clone());

        let got = db.batch_get(["a", "b"].map(Lease::key)).await.unwrap();

        assert_eq!(recording.take_operations(), [Operation::BatchGetItem; 9]);
        assert_eq!(names(&got.found), ["a"]);
        assert_eq!(got.unread[0].key, Lease::key("b"));
        assert_eq!(got.unread[0].reason.kind(), ErrorKind::Throttled);
        assert_eq!(got.complete().unwrap_err().kind(), ErrorKind::Throttled);
    }

    #[tokio::test]
    async fn loses_no_other_requests_outcome_when_one_fails() {
        let all: Vec<_> = (0..150).map(|number| format!("l-{number:03}")).collect();
        let first: Vec<_> = all[..100].iter().map(String::as_str).collect();
        let lost = TransportError::new(TransportErrorKind::Unavailable, "the connection was lost");
        let db = db(Scripted::default().answer(answer(&first, &[])).fail(lost));

        let got = db.batch_get(all.iter().map(|name| Lease::key(name.as_str()))).await.unwrap();

        assert_eq!(names(&got.found), first);
        assert_eq!(got.unread.len(), 50);
        assert_eq!(got.unread[49].key, Lease::key("l-149"));
        assert_eq!(got.unread[0].reason.kind(), ErrorKind::Unavailable);
    }

    #[tokio::test]
    async fn fails_as_a_whole_when_nothing_was_read() {
        let lost = || TransportError::new(TransportErrorKind::Unavailable, "the connection was lost");
        let db = db(Scripted::default().fail(lost()).fail(lost()));

        let error = db.batch_get((0..150).map(|number| Lease::key(number.to_string()))).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert_eq!(error.operation(), Some(Operation::BatchGetItem));
    }

    #[tokio::test]
    async fn takes_an_item_that_it_did_not_ask_for_as_no_answer() {
        for stray in [answer(&["z"], &[]), answer(&[], &["z"]), answer(&["a", "a"], &[])] {
            let db = db(Scripted::default().answer(stray));

            assert_eq!(db.batch_get([Lease::key("a")]).await.unwrap_err().kind(), ErrorKind::Decode);
        }
    }

    #[tokio::test]
    async fn knows_its_keys_however_they_are_written() {
        let body =
            r#"{"Responses":{},"UnprocessedKeys":{"leases":{"Keys":[{"name":{"S":"\u0061\u002f"}}]}}}"#;
        let db = db(Scripted::default().answer(body).answer(answer(&["a/"], &[])));

        let got = db.batch_get([Lease::key("a/")]).await.unwrap();

        assert_eq!(names(&got.found), ["a/"]);
    }

    #[tokio::test]
    async fn finds_an_item_whose_fields_say_another_key_than_it_is_stored_under() {
        let job = |stored: &str, field: &str| {
            json!({
                "pk": { "S": format!("JOB#{stored}") },
                "sk": { "S": "METADATA" },
                "job_id": { "S": field },
                "owner": { "S": "ann" },
                "created": { "N": "0" },
                "site": { "S": "s" },
                "room": { "S": "r" },
                "tries": { "N": "0" },
                "steps": { "L": [] },
                "labels": { "M": {} },
            })
        };
        let body = json!({ "Responses": { "jobs": [job("b", "b"), job("a", "other")] } });
        let db = db(Scripted::default().answer(body.to_string()));

        let got = db.batch_get(["a", "b"].map(Job::key)).await.unwrap();

        let ids: Vec<_> = got.found.iter().map(|job| job.job_id.as_str()).collect();
        assert_eq!(ids, ["other", "b"]);
    }

    #[tokio::test]
    async fn takes_an_answer_without_items_as_none() {
        let db = db(Scripted::default().answer("{}"));

        assert_eq!(db.batch_get([Lease::key("a")]).await.unwrap_err().kind(), ErrorKind::Decode);
    }

    #[tokio::test]
    async fn shows_all_of_its_requests() {
        let db = db(Scripted::default());

        let requests = db.batch_get((0..201).map(|number| Lease::key(number.to_string()))).explain().unwrap();

        assert_eq!(requests.len(), 3);
    }
}
