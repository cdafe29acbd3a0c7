//! `dynamorm::testing::Faults`: what each fault does to a request, and which requests a rule strikes.

use std::{future::IntoFuture as _, time::Duration};

use dynamorm::{
    Db, ErrorKind,
    embedded::Embedded,
    testing::{Fault, Faults, Recording},
    transport::{Operation, Repeat, Request, Transport, TransportError, TransportErrorKind},
};
use serde_json::{Value, json};

use crate::{
    fixture::db,
    model::{Job, Lease},
};

/// A database with faults, and a recording of what reaches its engine.
async fn faulty() -> (Db, Faults, Recording) {
    let (db, recording) = Recording::under(db(Embedded::memory().unwrap()));
    db.ensure_table::<Job>().await.unwrap();
    db.ensure_table::<Lease>().await.unwrap();
    recording.take();
    let (db, faults) = Faults::under(db);
    (db, faults, recording)
}

/// Sends what no verb sends.
async fn sent(faults: &Faults, operation: Operation, body: &Value) -> Result<Value, TransportError> {
    let request = Request {
        operation,
        table: "".into(),
        index: None,
        body: body.to_string().into(),
        repeat: Repeat::Safe,
    };
    let response = faults.send(request).await?;
    Ok(serde_json::from_slice(&response.body).unwrap())
}

/// Gets an item so many times; whether each was refused.
async fn refusals(db: &Db, times: usize) -> Vec<bool> {
    let mut refusals = Vec::new();
    for _ in 0..times {
        refusals.push(db.get(Job::key("j")).await.is_err());
    }
    refusals
}

mod rule {
    use super::*;

    #[tokio::test]
    async fn strikes_every_request_of_its_operation_and_no_other() {
        let (db, faults, _) = faulty().await;

        let strikes = faults.on(Operation::GetItem).inject(Fault::Throttled);

        assert_eq!(refusals(&db, 3).await, [true; 3]);
        db.put(&Job::new("j")).await.unwrap();
        assert_eq!(strikes.count(), 3);
    }

    #[tokio::test]
    async fn strikes_the_nth_request_alone() {
        let (db, faults, _) = faulty().await;
        db.get(Job::key("j")).await.unwrap();

        faults.on(Operation::GetItem).nth(2).inject(Fault::Throttled);

        assert_eq!(refusals(&db, 4).await, [false, true, false, false]);
    }

    #[tokio::test]
    async fn strikes_as_many_times_as_it_says() {
        let (db, faults, _) = faulty().await;

        let strikes = faults.on(Operation::GetItem).times(2).inject(Fault::Throttled);

        assert_eq!(refusals(&db, 4).await, [true, true, false, false]);
        assert_eq!(strikes.count(), 2);
    }

    #[tokio::test]
    async fn of_a_probability_strikes_alike_in_every_run() {
        let mut runs = Vec::new();
        for seed in [1, 1, 2] {
            let (db, faults, _) = faulty().await;
            faults.seed(seed);
            faults.on(Operation::GetItem).with_probability(0.5).inject(Fault::Throttled);
            runs.push(refusals(&db, 40).await);
        }

        assert_eq!(runs[0], runs[1]);
        assert_ne!(runs[0], runs[2]);
        assert!(runs[0].contains(&true) && runs[0].contains(&false));
    }

    #[tokio::test]
    async fn that_was_added_first_strikes_and_the_others_count_on() {
        let (db, faults, _) = faulty().await;

        let first = faults.on(Operation::GetItem).nth(1).inject(Fault::LostBefore);
        let second = faults.on(Operation::GetItem).times(2).inject(Fault::Throttled);

        let kinds = [
            db.get(Job::key("j")).await.unwrap_err().kind(),
            db.get(Job::key("j")).await.unwrap_err().kind(),
        ];
        assert_eq!(kinds, [ErrorKind::Unavailable, ErrorKind::Throttled]);
        assert_eq!(refusals(&db, 1).await, [false]);
        assert_eq!((first.count(), second.count()), (1, 1));
    }

    #[tokio::test]
    async fn on_any_operation_strikes_those_that_its_fault_can_happen_to() {
        let (db, faults, _) = faulty().await;
        db.put(&Job::new("j")).await.unwrap();

        let conflicts = faults.on_any().nth(1).inject(Fault::Conflict);

        assert_eq!(refusals(&db, 2).await, [false, false]);
        assert_eq!(db.delete(Job::key("j")).await.unwrap_err().kind(), ErrorKind::Conflict);
        assert_eq!(conflicts.count(), 1);
    }

    #[tokio::test]
    async fn of_every_kind_at_once_loses_no_item_to_a_caller_who_tries_again() {
        let (db, faults, _) = faulty().await;
        let kinds =
            [Fault::Throttled, Fault::Conflict, Fault::LostBefore, Fault::LostAfter, Fault::SentTwice];
        let injected = kinds.map(|kind| faults.on_any().with_probability(0.2).inject(kind));

        for number in 0..100 {
            let job = Job::new(&format!("j{number}"));
            loop {
                match db.create(&job).await {
                    Ok(()) => break,
                    // The try before was done, and its answer lost.
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => break,
                    Err(error) => assert!(error.is_retryable(), "{error:?}"),
                }
            }
        }

        assert!(injected.iter().all(|fault| fault.count() > 0), "{injected:?}");
        faults.clear();
        assert_eq!(db.query(Job::by_owner("ann")).count().await.unwrap(), 100);
    }

    #[tokio::test]
    async fn ends_when_the_rules_are_cleared() {
        let (db, faults, _) = faulty().await;
        faults.on_any().inject(Fault::LostBefore);

        faults.clear();

        assert_eq!(refusals(&db, 2).await, [false, false]);
    }
}

mod fault {
    use super::*;

    #[tokio::test]
    async fn that_refuses_lets_nothing_reach_the_engine() {
        let (db, faults, recording) = faulty().await;
        let expected = [
            (Fault::Throttled, ErrorKind::Throttled),
            (Fault::Conflict, ErrorKind::Conflict),
            (Fault::LostBefore, ErrorKind::Unavailable),
        ];

        for (fault, kind) in expected {
            faults.clear();
            faults.on(Operation::PutItem).inject(fault);
            let error = db.put(&Job::new("j")).await.unwrap_err();

            assert_eq!((error.kind(), error.is_retryable()), (kind, true), "{fault:?}");
        }
        assert_eq!(recording.count(), 0);
    }

    #[tokio::test]
    async fn that_loses_the_answer_leaves_what_was_done() {
        let (db, faults, recording) = faulty().await;
        faults.on(Operation::PutItem).inject(Fault::LostAfter);

        let error = db.create(&Job::new("j")).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(recording.take_operations(), [Operation::PutItem]);
        assert_eq!(db.get(Job::key("j")).await.unwrap(), Some(Job::new("j")));
    }

    #[tokio::test]
    async fn that_sends_twice_keeps_to_what_may_be_repeated() {
        let (db, faults, recording) = faulty().await;
        db.put(&Job::new("j")).await.unwrap();
        recording.take();
        faults.on_any().inject(Fault::SentTwice);

        let set = db.update(Job::key("j")).set(Job::fields().note, "n").await;
        let sent_for_set = recording.take().len();
        let counted = db.update(Job::key("j")).add(Job::fields().tries, 1).await;

        assert_eq!((set.is_ok(), sent_for_set), (true, 2));
        assert_eq!(counted.unwrap_err().kind(), ErrorKind::Timeout);
        assert_eq!(recording.count(), 1);
    }

    #[tokio::test]
    async fn that_sends_twice_says_so() {
        let (db, faults, _) = faulty().await;
        db.put(&Job::new("j")).await.unwrap();
        faults.on_any().inject(Fault::SentTwice);

        let error = db.create(&Job { tries: 7, ..Job::new("j") }).await.unwrap_err();

        assert_eq!((error.kind(), error.attempts()), (ErrorKind::AlreadyExists, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn that_leaves_keys_unprocessed_names_them() {
        let (db, faults, recording) = faulty().await;
        db.put(&Job::new("a")).await.unwrap();
        recording.take();
        let strikes = faults.on(Operation::BatchGetItem).times(2).inject(Fault::Unprocessed(2));

        let got = db.batch_get(["a", "b", "c"].map(Job::key)).await.unwrap();

        // 3 keys of which 2 are left; 2, of which none reaches the engine; 2.
        assert_eq!((got.found, got.missing.len()), (vec![Job::new("a")], 2));
        assert_eq!((recording.count(), strikes.count()), (2, 2));
    }

    #[tokio::test]
    async fn that_leaves_writes_unprocessed_names_them() {
        let (db, faults, _) = faulty().await;
        faults.on_any().inject(Fault::Unprocessed(1));
        let put = |name: &str| {
            let instant = json!({ "S": "2026-01-01T00:00:00Z" });
            json!({ "PutRequest": { "Item": {
                "name": { "S": name }, "version": { "N": "1" }, "created_at": instant, "updated_at": instant,
            } } })
        };
        let body = json!({ "RequestItems": { "leases": [put("a"), put("b")] } });

        let answer = sent(&faults, Operation::BatchWriteItem, &body).await.unwrap();

        assert_eq!(answer["UnprocessedItems"], json!({ "leases": [put("b")] }));
        assert!(db.get(Lease::key("a")).await.unwrap().is_some());
        assert_eq!(db.get(Lease::key("b")).await.unwrap(), None);
    }

    #[tokio::test]
    async fn that_is_a_conflict_cancels_a_transaction_for_its_first_action() {
        let (_, faults, recording) = faulty().await;
        faults.on_any().inject(Fault::Conflict);
        let delete = json!({ "Delete": { "TableName": "leases", "Key": { "name": { "S": "a" } } } });
        let body = json!({ "TransactItems": [delete, delete] });

        let error = sent(&faults, Operation::TransactWriteItems, &body).await.unwrap_err();

        let body: Value = serde_json::from_slice(&error.body).unwrap();
        let codes = [0, 1].map(|action| body["CancellationReasons"][action]["Code"].as_str().unwrap());
        assert_eq!(error.kind, TransportErrorKind::TransactionCanceled);
        assert_eq!(codes, ["TransactionConflict", "None"]);
        assert_eq!(recording.count(), 0);
    }

    #[tokio::test]
    async fn that_is_a_partial_page_hides_no_item() {
        let (db, faults, recording) = faulty().await;
        for number in 0..5 {
            db.put(&Job { created: number, ..Job::new(&format!("j{number}")) }).await.unwrap();
        }
        recording.take();
        faults.on_any().inject(Fault::PartialPage(2));

        let first = db.query(Job::by_owner("ann")).page_size(9).page().await.unwrap();
        let all = db.query(Job::by_owner("ann")).stream().collect_up_to(9).await.unwrap();

        assert_eq!((first.items.len(), first.next.is_some(), all.len()), (2, true, 5));
        assert_eq!(recording.count(), 4);
    }

    #[tokio::test]
    async fn that_holds_a_request_lets_it_go_when_told() {
        let (db, faults, recording) = faulty().await;
        let held = faults.on(Operation::PutItem).inject(Fault::Held);
        let job = Job::new("j");

        let put = db.put(&job).into_future();
        let released = async {
            tokio::task::yield_now().await;
            let sent_while_held = (held.count(), recording.count());
            held.release();
            sent_while_held
        };
        let (outcome, sent_while_held) = tokio::join!(put, released);

        assert_eq!(sent_while_held, (1, 0));
        outcome.unwrap();
        assert_eq!(db.get(Job::key("j")).await.unwrap(), Some(job));
    }

    #[tokio::test(start_paused = true)]
    async fn that_is_slow_delays_the_request() {
        let (db, faults, _) = faulty().await;
        faults.on(Operation::GetItem).inject(Fault::Slow(Duration::from_secs(10)));
        let begun = tokio::time::Instant::now();

        db.get(Job::key("j")).await.unwrap();

        assert_eq!(begun.elapsed().as_secs(), 10);
    }
}
