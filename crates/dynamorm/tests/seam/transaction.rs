//! Transactions: what is sent again, with which token, and what a cancellation says.

use std::time::Duration;

use dynamorm::{
    Db,
    embedded::Embedded,
    prelude::*,
    testing::RecordedCall,
    transport::{Operation, Repeat, TransportError, TransportErrorKind},
};
use serde_json::{Value, json};

use crate::{
    fixture::{db, recorded},
    layer::{Recording, Scripted, lossy},
    model::{Job, Lease},
};

/// A cancellation by the reasons with these codes, one an action.
fn cancelled(codes: &[&str]) -> TransportError {
    let reasons: Vec<_> = codes.iter().map(|code| json!({ "Code": code, "Message": "words" })).collect();
    cancelled_by(&json!(reasons))
}

fn cancelled_by(reasons: &Value) -> TransportError {
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "message": "Transaction cancelled",
        "CancellationReasons": reasons,
    });
    TransportError::from_answer(400, body.to_string().into(), 1)
}

fn scripted(script: Scripted) -> (Db, Recording) {
    let recording = Recording::over(script);
    (db(recording.clone()), recording)
}

fn token(request: &RecordedCall) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    body["ClientRequestToken"].as_str().unwrap().to_owned()
}

/// Two writes, `debit` and `credit`.
async fn transfer(db: &Db) -> Result<(), dynamorm::Error> {
    db.transact()
        .update(db.update(Job::key("a")).subtract(Job::fields().tries, 1))
        .label("debit")
        .put(&Lease::new("l"))
        .label("credit")
        .await
}

mod token {
    use super::*;

    #[tokio::test]
    async fn is_made_for_each_transaction_and_marked_as_ones_own() {
        let (db, recording) = recorded().await;

        db.transact().put(&Job::new("a")).await.unwrap();
        db.transact().put(&Job::new("a")).await.unwrap();

        let tokens: Vec<_> = recording.take().iter().map(token).collect();
        assert!(tokens.iter().all(|token| token.starts_with("dynamorm-") && token.len() <= 36), "{tokens:?}");
        assert_ne!(tokens[0], tokens[1]);
    }

    #[tokio::test]
    async fn is_the_one_that_was_explained() {
        let (db, recording) = recorded().await;
        let transaction = db.transact().put(&Job::new("a"));

        let explanation = transaction.explain().unwrap();
        transaction.await.unwrap();

        assert_eq!(recording.take()[0].body, explanation.request());
    }

    #[tokio::test]
    async fn makes_every_transaction_safe_to_send_again() {
        let (db, recording) = recorded().await;
        db.put(&Job::new("a")).await.unwrap();
        recording.take();

        db.update(Job::key("a")).add(Job::fields().tries, 1).once().await.unwrap();

        let requests = recording.take();
        assert_eq!(
            (requests[0].operation, requests[0].repeat),
            (Operation::TransactWriteItems, Repeat::Safe)
        );
    }

    #[tokio::test]
    async fn of_ones_own_does_not_look_like_one_that_was_made_here() {
        let (db, recording) = recorded().await;

        let error = db.transact().put(&Job::new("j")).token("dynamorm-1").await.unwrap_err();

        assert_eq!((error.kind(), recording.count()), (ErrorKind::Validation, 0));
    }

    #[tokio::test]
    async fn lets_an_update_whose_answer_was_lost_count_once() {
        let engine = Embedded::memory().unwrap();
        let direct = db(engine.clone());
        direct.ensure_table::<Job>().await.unwrap();
        direct.create(&Job::new("j")).await.unwrap();
        let lossy = db(lossy(engine));

        lossy.update(Job::key("j")).add(Job::fields().tries, 1).once().await.unwrap();

        assert_eq!(direct.get(Job::key("j")).await.unwrap().unwrap().tries, 1);
    }
}

mod label {
    use super::*;

    #[tokio::test]
    async fn is_given_once() {
        let (db, recording) = recorded().await;

        let twice = db.transact().put(&Job::new("a")).label("x").put(&Job::new("b")).label("x").await;
        let by_default = db.transact().put(&Job::new("a")).label("put 2").put(&Job::new("b")).await;

        for error in [twice, by_default].map(Result::unwrap_err) {
            assert_eq!(error.kind(), ErrorKind::Validation);
            assert!(error.to_string().contains("actions 1 and 2"), "{error}");
        }
        assert_eq!(recording.count(), 0);
    }

    #[tokio::test]
    async fn of_a_read_counts_the_keys_as_they_were_given() {
        let (db, _) = scripted(Scripted::default().fail(cancelled(&["None", "ValidationError"])));

        let error =
            db.transact_get().get(Job::key("a")).get(Job::key("a")).get(Job::key("b")).await.unwrap_err();

        let failed = error.failed_action("get 3").unwrap();
        assert_eq!(failed.position(), 2);
    }
}

mod conflict {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn is_tried_again_byte_for_byte_until_it_is_over() {
        let in_progress = TransportError::new(TransportErrorKind::Conflict, "in progress");
        let script = Scripted::default()
            .fail(cancelled(&["None", "TransactionConflict"]))
            .fail(in_progress)
            .fail(cancelled(&["ThrottlingError", "None"]))
            .answer("{}");
        let (db, recording) = scripted(script);

        transfer(&db).await.unwrap();

        let requests = recording.take();
        assert_eq!(requests.len(), 4);
        assert!(requests.iter().all(|request| request.body == requests[0].body));
    }

    #[tokio::test(start_paused = true)]
    async fn that_does_not_end_is_reported_after_a_bounded_time() {
        let script = (0..100)
            .fold(Scripted::default(), |script, _| script.fail(cancelled(&["TransactionConflict", "None"])));
        let (db, recording) = scripted(script);
        let start = tokio::time::Instant::now();

        let error = transfer(&db).await.unwrap_err();

        assert_eq!((error.kind(), error.attempts(), recording.count()), (ErrorKind::Conflict, 8, 8));
        assert!(error.is_retryable());
        assert_eq!(error.failed_actions()[0].label(), "debit");
        assert!(start.elapsed() < Duration::from_secs(13));
    }

    #[tokio::test(start_paused = true)]
    async fn beside_a_failed_condition_is_not_tried_again() {
        let script = Scripted::default().fail(cancelled(&["TransactionConflict", "ConditionalCheckFailed"]));
        let (db, recording) = scripted(script);

        let error = transfer(&db).await.unwrap_err();

        let failed: Vec<_> =
            error.failed_actions().iter().map(|action| (action.label(), action.kind())).collect();
        assert_eq!((error.kind(), recording.count()), (ErrorKind::ConditionFailed, 1));
        assert_eq!(failed, [("debit", ErrorKind::Conflict), ("credit", ErrorKind::ConditionFailed)]);
    }

    #[tokio::test(start_paused = true)]
    async fn of_reads_is_tried_again_and_reported() {
        let once =
            Scripted::default().fail(cancelled(&["TransactionConflict"])).answer(r#"{"Responses":[{}]}"#);
        let (over, _) = scripted(once);
        let script =
            (0..100).fold(Scripted::default(), |script, _| script.fail(cancelled(&["TransactionConflict"])));
        let (endless, recording) = scripted(script);

        let absent = over.transact_get().get(Lease::key("l")).await.unwrap();
        let error = endless.transact_get().get(Lease::key("l")).await.unwrap_err();

        assert_eq!(absent, None);
        assert_eq!((error.kind(), recording.count()), (ErrorKind::Conflict, 8));
        assert_eq!(error.failed_actions()[0].label(), "get 1");
    }

    #[tokio::test(start_paused = true)]
    async fn is_not_what_a_lost_answer_is() {
        let timeout = TransportError::new(TransportErrorKind::Timeout, "no answer").with_attempts(3);
        let (db, recording) = scripted(Scripted::default().fail(timeout));

        let error = transfer(&db).await.unwrap_err();

        assert_eq!((error.kind(), error.attempts(), recording.count()), (ErrorKind::Timeout, 3, 1));
    }
}

mod cancellation {
    use super::*;

    async fn kinds(codes: &[&str]) -> (ErrorKind, Vec<(String, ErrorKind)>) {
        let (db, _) = scripted(Scripted::default().fail(cancelled(codes)));
        let error = transfer(&db).await.unwrap_err();
        let failed = error.failed_actions().iter().map(|action| (action.label().to_owned(), action.kind()));
        (error.kind(), failed.collect())
    }

    #[tokio::test]
    async fn tells_a_failed_condition_before_anything_else() {
        let (kind, failed) = kinds(&["ValidationError", "ConditionalCheckFailed"]).await;

        assert_eq!(kind, ErrorKind::ConditionFailed);
        assert_eq!(failed[0], ("debit".to_owned(), ErrorKind::Validation));
    }

    #[tokio::test]
    async fn types_the_reasons_that_no_other_try_can_mend() {
        for (code, expected) in [
            ("ValidationError", ErrorKind::Validation),
            ("AccessDenied", ErrorKind::Denied),
            ("SomethingNew", ErrorKind::Validation),
        ] {
            assert_eq!(
                kinds(&["None", code]).await,
                (expected, vec![("credit".to_owned(), expected)]),
                "{code}"
            );
        }
        let (kind, _) = kinds(&["None", "ItemCollectionSizeLimitExceeded"]).await;
        assert!(matches!(kind, ErrorKind::TooLarge { .. }));
    }

    #[tokio::test]
    async fn of_an_item_that_an_update_made_too_large_says_so() {
        let reasons = json!([{ "Code": "ValidationError", "Message": "Item size to update has exceeded the maximum allowed size" }, { "Code": "None" }]);
        let (db, _) = scripted(Scripted::default().fail(cancelled_by(&reasons)));

        let error = transfer(&db).await.unwrap_err();

        assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: 409_600, .. }));
    }

    #[tokio::test]
    async fn names_three_actions_and_counts_the_others() {
        let (db, _) = scripted(Scripted::default().fail(cancelled(&["ConditionalCheckFailed"; 5])));
        let transaction = (0..5).fold(db.transact(), |all, number| all.put(&Job::new(&number.to_string())));

        let error = transaction.await.unwrap_err();

        assert_eq!(error.failed_actions().len(), 5);
        assert!(
            error
                .to_string()
                .contains("`put 3`: the condition does not hold for the stored item; and 2 more"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn shows_no_stored_value() {
        let reasons = json!([{ "Code": "None" }, {
            "Code": "ConditionalCheckFailed", "Message": "The conditional request failed", "Item": { "name": { "S": "secret" } },
        }]);
        let (db, _) = scripted(Scripted::default().fail(cancelled_by(&reasons)));

        let error = transfer(&db).await.unwrap_err();

        assert!(error.failed_actions()[0].error().stored_json().is_some());
        assert!(!format!("{error} {error:?} {:?}", error.failed_actions()).contains("secret"));
    }

    #[tokio::test]
    async fn without_readable_reasons_is_an_error_and_no_panic() {
        for reasons in [
            json!(null),
            json!([]),
            json!([{ "Code": "None" }, { "Code": "None" }]),
            json!([null, { "Message": "no code" }]),
            json!([{ "Code": 7 }]),
            json!("ConditionalCheckFailed"),
        ] {
            let (db, _) = scripted(Scripted::default().fail(cancelled_by(&reasons)));

            let error = transfer(&db).await.unwrap_err();

            assert_eq!((error.kind(), error.failed_actions().len()), (ErrorKind::Decode, 0), "{reasons}");
        }
    }

    #[tokio::test]
    async fn of_an_action_that_was_not_sent_is_told_by_its_number() {
        let codes = ["None", "None", "None", "ConditionalCheckFailed"];
        let (db, _) = scripted(Scripted::default().fail(cancelled(&codes)));

        let error = transfer(&db).await.unwrap_err();

        assert_eq!((error.failed_actions()[0].label(), error.failed_actions()[0].position()), ("4", 3));
    }
}

mod answer {
    use super::*;

    #[tokio::test]
    async fn that_cannot_be_read_says_that_the_write_was_done() {
        let (db, _) = scripted(Scripted::default().answer("nonsense"));

        let error = transfer(&db).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().contains("the write was done"), "{error}");
    }

    #[tokio::test]
    async fn of_more_or_fewer_items_than_were_asked_for_is_refused() {
        for body in [r#"{"Responses":[]}"#, r#"{"Responses":[{},{}]}"#, "{}"] {
            let (db, _) = scripted(Scripted::default().answer(body));

            let error = db.transact_get().get(Lease::key("l")).await.unwrap_err();

            assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        }
    }

    #[tokio::test]
    async fn with_an_item_of_another_form_says_where() {
        let (db, _) =
            scripted(Scripted::default().answer(r#"{"Responses":[{},{"Item":{"name":{"N":"1"}}}]}"#));

        let error = db.transact_get().get_all(["k", "l"].map(Lease::key)).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.attribute_path().unwrap().to_string().contains("Responses[1]"), "{error}");
    }
}

mod requests {
    use super::*;

    #[tokio::test]
    async fn of_what_is_refused_before_are_none() {
        let (db, recording) = recorded().await;

        let twice = db.transact().put(&Job::new("a")).delete(Job::key("a")).await;
        let nothing = db.transact().await;
        let no_condition = db.transact().check(Job::key("a"), dynamorm::Filter::<Job, ()>::new()).await;
        let reads = db.transact_get().get_all((0..101).map(|number| Job::key(number.to_string()))).await;

        assert!(twice.is_err() && nothing.is_err() && no_condition.is_err() && reads.is_err());
        assert_eq!(recording.count(), 0);
    }

    #[tokio::test]
    async fn of_reads_name_a_key_that_is_given_twice_once() {
        let (db, recording) = recorded().await;

        db.transact_get()
            .get(Job::key("a"))
            .get(Job::key("a"))
            .get_all(["b", "a"].map(Job::key))
            .await
            .unwrap();

        let body: Value = serde_json::from_slice(&recording.take()[0].body).unwrap();
        assert_eq!(body["TransactItems"].as_array().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn are_explained_with_the_table_only_where_it_is_one() {
        let (db, _) = recorded().await;

        let one = db.transact().put(&Job::new("a")).put(&Job::new("b")).explain().unwrap();
        let two = db.transact_get().get(Job::key("a")).get(Lease::key("l")).explain().unwrap();

        assert_eq!((one.operation(), one.table()), (Operation::TransactWriteItems, "jobs"));
        assert_eq!((two.operation(), two.table()), (Operation::TransactGetItems, ""));
        assert!(two.to_string().starts_with("TransactGetItems\n"));
    }

    /// What goes out for each verb: members that a transaction's action may have, and no other.
    #[tokio::test]
    async fn have_no_member_that_an_action_must_not_have() {
        let (db, _) = recorded().await;
        let transaction = db
            .transact()
            .create(&Job::new("a"))
            .put(&Lease::new("l"))
            .update(db.update(Job::key("b")).set(Job::fields().note, "n"))
            .delete(Job::key("c"))
            .check(Job::key("d"), Job::fields().tries.eq(1));

        let body: Value = serde_json::from_slice(transaction.explain().unwrap().request()).unwrap();

        let allowed = [
            "TableName",
            "Item",
            "Key",
            "UpdateExpression",
            "ConditionExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "ReturnValuesOnConditionCheckFailure",
        ];
        let mut actions = Vec::new();
        for item in body["TransactItems"].as_array().unwrap() {
            for (action, members) in item.as_object().unwrap() {
                actions.push(action.as_str());
                let members = members.as_object().unwrap();
                assert!(members.keys().all(|name| allowed.contains(&name.as_str())), "{action}: {members:?}");
            }
        }
        assert_eq!(actions, ["Put", "Put", "Update", "Delete", "ConditionCheck"]);
    }
}
