//! Batches of writes: nothing is dropped, nothing retried for ever, and no outcome lost.

use std::collections::BTreeSet;

use dynamorm::{
    Db, ErrorKind, Random,
    testing::{
        Fault::{self, Denied, Held, LostAfter, LostBefore, Throttled, Unprocessed},
        Faults, RecordedCall,
    },
    transport::{Operation, TransportError, TransportErrorKind},
    verb::BatchWritten,
};
use serde_json::Value;

use crate::{
    fixture::{befall, db, layered},
    layer::{Recording, Scripted},
    model::{Job, Lease},
};

/// A database whose batches of writes go wrong so, one after the other, and the recording of its requests.
async fn befallen(faults: impl IntoIterator<Item = Option<Fault>>) -> (Db, Recording) {
    let (db, layer, recording) = layered().await;
    befall(&layer, Operation::BatchWriteItem, faults);
    (db, recording)
}

fn jobs(count: usize) -> Vec<Job> {
    (0..count).map(|number| Job::new(&format!("j-{number:03}"))).collect()
}

/// How many writes each request holds.
fn sizes(requests: &[RecordedCall]) -> Vec<usize> {
    let size = |request: &RecordedCall| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        body["RequestItems"]
            .as_object()
            .unwrap()
            .values()
            .map(|writes| writes.as_array().unwrap().len())
            .sum()
    };
    requests.iter().filter(|request| request.operation == Operation::BatchWriteItem).map(size).collect()
}

/// The jobs that are stored.
async fn stored(db: &Db) -> BTreeSet<String> {
    db.scan::<Job>().page().await.unwrap().items.into_iter().map(|job| job.job_id).collect()
}

fn unwritten(outcome: &BatchWritten) -> BTreeSet<String> {
    outcome.unwritten_of::<Job>().map(|(key, _)| key.job_id.clone()).collect()
}

fn ids(jobs: &[Job]) -> BTreeSet<String> {
    jobs.iter().map(|job| job.job_id.clone()).collect()
}

/// Randomness that is none: every byte is the same.
#[derive(Debug)]
struct Drawn(u8);

impl Random for Drawn {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

#[tokio::test]
async fn of_nothing_sends_nothing() {
    let (db, recording) = befallen([]).await;

    let outcome = db.batch_write().put_all::<Job>(&[]).await.unwrap();

    assert_eq!((outcome.written, outcome.unwritten.len(), recording.count()), (0, 0, 0));
}

#[tokio::test]
async fn sends_25_writes_a_request_over_all_tables() {
    let (db, recording) = befallen([]).await;
    let jobs = jobs(30);

    let outcome =
        db.batch_write().put_all(&jobs).delete_all((0..25).map(|n| Lease::key(n.to_string()))).await.unwrap();

    assert_eq!(outcome.complete().unwrap(), 55);
    let mut sizes = sizes(&recording.take());
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 25, 25]);
}

/// Of a member that stands twice in an object, a reader takes one: the other's writes would be lost.
#[tokio::test]
async fn names_each_table_once_however_its_writes_are_mixed() {
    let (db, _) = befallen([]).await;
    let jobs = jobs(2);

    let batch = db.batch_write().put(&jobs[0]).delete(Lease::key("a")).put(&jobs[1]).delete(Lease::key("b"));
    let requests = batch.explain().unwrap();

    let request = std::str::from_utf8(requests[0].request()).unwrap();
    assert_eq!((requests.len(), request.matches(r#""jobs":["#).count()), (1, 1));
    assert_eq!(batch.await.unwrap().written, 4);
    assert_eq!(stored(&db).await, ids(&jobs));
}

#[tokio::test]
async fn keeps_a_request_under_16_mb_of_json() {
    let (db, recording) = befallen([]).await;
    // A control character is one byte of an item, and six of the JSON that is sent.
    let note = Some("\u{1}".repeat(400_000));
    let jobs: Vec<_> = jobs(25).into_iter().map(|job| Job { note: note.clone(), ..job }).collect();

    let requests = db.batch_write().put_all(&jobs).explain().unwrap();

    assert_eq!(requests.len(), 5);
    for request in &requests {
        assert!(request.request().len() <= 16 << 20);
    }
    assert_eq!(recording.count(), 0);
}

#[tokio::test]
async fn sends_the_last_write_of_an_item_alone() {
    let (db, recording) = befallen([]).await;
    let (first, last) = (Job::new("j"), Job { tries: 7, ..Job::new("j") });
    db.put(&Job::new("gone")).await.unwrap();
    let gone = Job::new("gone");
    recording.take();

    let outcome = db
        .batch_write()
        .put(&first)
        .put(&gone)
        .delete(Job::key("j"))
        .delete(Job::key("gone"))
        .put(&last)
        .await
        .unwrap();

    assert_eq!(outcome.written, 2);
    assert_eq!(sizes(&recording.take()), [2]);
    assert_eq!(db.get(Job::key("j")).await.unwrap(), Some(last));
    assert_eq!(db.get(Job::key("gone")).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn sends_again_what_was_left_out_and_nothing_else() {
    let (db, recording) = befallen([Unprocessed(15), Unprocessed(15), Unprocessed(1)].map(Some)).await;
    let jobs = jobs(25);

    let outcome = db.batch_write().put_all(&jobs).await.unwrap();

    assert_eq!(outcome.complete().unwrap(), 25);
    assert_eq!(sizes(&recording.take()), [25, 15, 15, 1]);
    assert_eq!(stored(&db).await, ids(&jobs));
}

#[tokio::test(start_paused = true)]
async fn pauses_longer_the_more_answers_in_a_row_are_of_no_use() {
    // Full jitter: each pause is drawn between nothing and the longest.
    for (drawn, millis) in [(0xff, 100 + 200 + 400 + 800 + 1600 + 3200 + 5000), (0, 0)] {
        let (db, _) = befallen([Some(Unprocessed(1)); 7]).await;
        let db = db.with_random(Drawn(drawn));
        let begun = tokio::time::Instant::now();

        let outcome = db.batch_write().put(&Job::new("j")).await.unwrap();

        assert_eq!(outcome.written, 1);
        assert_eq!(begun.elapsed().as_millis(), millis);
    }
}

#[tokio::test(start_paused = true)]
async fn gives_up_after_eight_useless_answers_and_names_the_writes() {
    let (db, recording) = befallen([Some(Unprocessed(2)); 21]).await;
    let job = Job::new("j-0");

    let outcome = db.batch_write().put(&job).delete(Job::key("j-1")).delete(Job::key("j-2")).await.unwrap();

    assert_eq!(recording.take_operations(), [Operation::BatchWriteItem; 9]);
    assert_eq!(outcome.written, 1);
    let left: Vec<_> = outcome.unwritten_of::<Job>().collect();
    assert_eq!(left.iter().map(|(key, _)| (*key).clone()).collect::<Vec<_>>(), ["j-1", "j-2"].map(Job::key));
    for (_, unwritten) in left {
        assert!(!unwritten.is_put() && !unwritten.is_in_doubt());
        assert_eq!((unwritten.table(), unwritten.reason.kind()), ("jobs", ErrorKind::Throttled));
    }
    assert_eq!(outcome.unwritten_of::<Lease>().count(), 0);
    assert_eq!(outcome.complete().unwrap_err().kind(), ErrorKind::Throttled);
}

#[tokio::test]
async fn loses_no_other_requests_outcome_when_one_fails() {
    let (db, _) = befallen([None, Some(Denied), Some(LostAfter)]).await;
    let jobs = jobs(90);

    let outcome = db.batch_write().put_all(&jobs).await.unwrap();

    assert_eq!(outcome.written, 40);
    assert_eq!(unwritten(&outcome), ids(&jobs[25..75]));
    let reasons: Vec<_> =
        outcome.unwritten.iter().map(|left| (left.reason.kind(), left.is_in_doubt())).collect();
    assert_eq!(reasons[..25], [(ErrorKind::Denied, false); 25]);
    assert_eq!(reasons[25..], [(ErrorKind::Timeout, true); 25]);
    let expected: BTreeSet<_> = ids(&jobs).difference(&ids(&jobs[25..50])).cloned().collect();
    assert_eq!(stored(&db).await, expected);
}

#[tokio::test]
async fn sends_leftovers_again_as_they_were() {
    let (db, recording) = befallen([None, Some(Denied)]).await;
    let jobs = jobs(30);
    let outcome = db.batch_write().put_all(&jobs).await.unwrap();
    assert_eq!(outcome.written, 25);

    let outcome = db.batch_write().again(outcome.unwritten).await.unwrap();

    assert_eq!(outcome.complete().unwrap(), 5);
    assert_eq!(sizes(&recording.take()), [25, 5, 5]);
    assert_eq!(stored(&db).await, ids(&jobs));
}

#[tokio::test]
async fn loses_no_reason_when_nothing_was_written() {
    let (db, _) = befallen([Denied, LostBefore].map(Some)).await;
    let jobs = jobs(30);

    let outcome = db.batch_write().put_all(&jobs).await.unwrap();

    assert_eq!((outcome.written, unwritten(&outcome)), (0, ids(&jobs)));
    let of = |kind| outcome.unwritten.iter().filter(|left| left.reason.kind() == kind).count();
    assert_eq!((of(ErrorKind::Denied), of(ErrorKind::Unavailable)), (25, 5));
    assert_eq!(outcome.complete().unwrap_err().operation(), Some(Operation::BatchWriteItem));
}

#[tokio::test(start_paused = true)]
async fn takes_a_throttle_as_an_answer_that_left_out_everything() {
    let (db, recording) = befallen([Some(Throttled); 7]).await;

    let outcome = db.batch_write().put(&Job::new("j")).await.unwrap();

    assert_eq!(outcome.complete().unwrap(), 1);
    assert_eq!(sizes(&recording.take()), [1; 8]);
}

#[tokio::test(start_paused = true)]
async fn gives_up_after_eight_throttles() {
    let (db, recording) = befallen([Some(Throttled); 20]).await;

    let outcome = db.batch_write().put(&Job::new("j")).await.unwrap();

    assert_eq!(sizes(&recording.take()), [1; 8]);
    assert!(!outcome.unwritten[0].is_in_doubt());
    assert_eq!(outcome.complete().unwrap_err().kind(), ErrorKind::Throttled);
}

#[tokio::test]
async fn checks_every_write_before_it_sends_any() {
    let (db, recording) = befallen([]).await;
    let large = Job { note: Some("x".repeat(410_000)), ..Job::new("j") };
    let jobs = jobs(30);

    let too_large = db.batch_write().put_all(&jobs).put(&large).await.unwrap_err();
    let bad_key = db.batch_write().put_all(&jobs).delete(Lease::key("")).await.unwrap_err();

    assert!(matches!(too_large.kind(), ErrorKind::TooLarge { limit: 409_600, .. }));
    assert_eq!(too_large.table(), Some("jobs"));
    assert_eq!((bad_key.kind(), bad_key.table()), (ErrorKind::Validation, Some("leases")));
    assert_eq!(recording.count(), 0);
}

#[tokio::test]
async fn takes_a_write_that_it_did_not_ask_for_as_no_answer() {
    for stray in [
        r#"{"UnprocessedItems":{"jobs":[{"DeleteRequest":{"Key":{"pk":{"S":"JOB#z"},"sk":{"S":"METADATA"}}}}]}}"#,
        r#"{"UnprocessedItems":{"other":[{"DeleteRequest":{"Key":{"pk":{"S":"JOB#j"},"sk":{"S":"METADATA"}}}}]}}"#,
        r#"{"UnprocessedItems":{"jobs":[{"PutRequest":{}}]}}"#,
        r#"{"UnprocessedItems":{"jobs":[{"DeleteRequest":{"Key":{"pk":{"S":"JOB#j"},"sk":{"S":"METADATA"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"JOB#j"},"sk":{"S":"METADATA"}}}}]}}"#,
        r#"{"UnprocessedItems":[]}"#,
    ] {
        let db = db(Scripted::default().answer(stray));

        let outcome = db.batch_write().delete(Job::key("j")).await.unwrap();

        // It may be done all the same.
        assert!(outcome.unwritten[0].is_in_doubt(), "{stray}");
        assert_eq!(outcome.complete().unwrap_err().kind(), ErrorKind::Decode, "{stray}");
    }
}

#[tokio::test]
async fn knows_its_writes_however_they_are_written() {
    let left = r#"{"UnprocessedItems":{"jobs":[{"DeleteRequest":{"Key":{"sk":{"S":"METADATA"},"pk":{"S":"JOB#\u0061\u002f"}}}}]}}"#;
    let script = Scripted::default().answer(left).answer(r#"{"UnprocessedItems":{}}"#);

    let written = db(script).batch_write().delete(Job::key("a/")).await.unwrap().complete().unwrap();

    assert_eq!(written, 1);
}

#[tokio::test]
async fn shows_no_key_in_its_debug_output() {
    let (db, _) = befallen([None, Some(LostAfter)]).await;
    let jobs = jobs(30);

    let outcome = db.batch_write().put_all(&jobs).await.unwrap();

    assert!(!format!("{outcome:?}").contains("j-0"));
}

#[tokio::test]
async fn is_in_doubt_about_a_refusal_that_was_not_the_first_attempt() {
    let refusal = TransportError::new(TransportErrorKind::Denied, "not permitted").with_attempts(2);
    let script = Scripted::default().answer(r#"{"UnprocessedItems":{}}"#).fail(refusal);
    let jobs = jobs(26);

    let outcome = db(script).batch_write().put_all(&jobs).await.unwrap();

    // An earlier attempt may have been carried out, and only its answer lost.
    assert_eq!((outcome.written, outcome.unwritten.len()), (25, 1));
    assert!(outcome.unwritten[0].is_in_doubt());
}

#[tokio::test(start_paused = true)]
async fn is_in_doubt_about_what_a_second_attempt_left_out() {
    let (db, layer, _) = layered().await;
    // The first attempt does all and its answer is lost; of the second, one write is left out.
    let twice = Faults::over(layer.clone());
    let twice_db = crate::fixture::db(twice.clone());
    twice.on(Operation::BatchWriteItem).nth(1).inject(Fault::SentTwice);
    befall(&layer, Operation::BatchWriteItem, [None].into_iter().chain([Some(Unprocessed(1)); 20]));
    let jobs = jobs(2);

    let outcome = twice_db.batch_write().put_all(&jobs).await.unwrap();

    assert_eq!((outcome.written, outcome.unwritten.len()), (1, 1));
    assert!(outcome.unwritten[0].is_in_doubt());
    assert_eq!(stored(&db).await, ids(&jobs));
}

#[tokio::test]
async fn stays_in_doubt_in_another_batch() {
    let (db, _) = befallen([LostAfter, Denied].map(Some)).await;
    let job = Job::new("j");
    let outcome = db.batch_write().put(&job).await.unwrap();

    let outcome = db.batch_write().again(outcome.unwritten).await.unwrap();

    assert_eq!(outcome.unwritten[0].reason.kind(), ErrorKind::Denied);
    assert!(outcome.unwritten[0].is_in_doubt());
}

mod dropped {
    use super::*;

    #[tokio::test]
    async fn before_it_is_run_has_written_nothing() {
        let (db, recording) = befallen([]).await;
        let jobs = jobs(2);
        let mut batch = db.batch_write().put_all(&jobs).start().unwrap();

        drop(batch.run());

        let outcome = batch.outcome();
        assert_eq!((outcome.written, unwritten(&outcome)), (0, ids(&jobs)));
        assert!(outcome.unwritten.iter().all(|left| !left.is_in_doubt()));
        assert_eq!(outcome.unwritten[0].reason.kind(), ErrorKind::Interrupted);
        assert_eq!(recording.count(), 0);
    }

    #[tokio::test]
    async fn half_way_accounts_for_every_write() {
        let (db, recording) = befallen([None, Some(Held), Some(Held), Some(Held), Some(Held)]).await;
        let jobs = jobs(160);
        let mut batch = db.batch_write().put_all(&jobs).start().unwrap();

        tokio::select! {
            _ = batch.run() => unreachable!("four requests are stuck"),
            () = async { while recording.count() < 5 { tokio::task::yield_now().await } } => {}
        }

        let outcome = batch.outcome();
        assert_eq!(outcome.written, 25);
        let (doubt, unsent): (Vec<_>, Vec<_>) = outcome.unwritten.iter().partition(|left| left.is_in_doubt());
        assert_eq!((doubt.len(), unsent.len()), (100, 35));
        assert_eq!(
            stored(&db).await.union(&unwritten(&outcome)).cloned().collect::<BTreeSet<_>>(),
            ids(&jobs)
        );
    }

    #[tokio::test]
    async fn in_a_pause_knows_what_the_answer_said() {
        let (db, recording) = befallen([Some(Unprocessed(3)); 8]).await;
        let jobs = jobs(5);
        let mut batch = db.batch_write().put_all(&jobs).start().unwrap();

        // The second answer is there as soon as its request is sent.
        tokio::select! {
            biased;
            _ = batch.run() => unreachable!("it pauses before the third request"),
            () = async { while recording.count() < 2 { tokio::task::yield_now().await } } => {}
        }

        let outcome = batch.outcome();
        let doubt = outcome.unwritten.iter().filter(|left| left.is_in_doubt()).count();
        assert_eq!((outcome.written, outcome.unwritten.len(), doubt), (2, 3, 0));
    }

    #[tokio::test]
    async fn is_finished_by_running_it_again() {
        let (db, _) = befallen([None, Some(Held), Some(Held)]).await;
        let jobs = jobs(60);
        let mut batch = db.batch_write().put_all(&jobs).start().unwrap();
        tokio::select! {
            _ = batch.run() => unreachable!("two requests are stuck"),
            () = async { while stored(&db).await.len() < 25 {} } => {}
        }

        let outcome = batch.run().await;

        assert_eq!(outcome.complete().unwrap(), 60);
        assert_eq!(stored(&db).await, ids(&jobs));
    }

    #[tokio::test]
    async fn leaves_whole_items_or_none() {
        let (db, _) = befallen([None, Some(Held)]).await;
        let jobs = jobs(30);

        tokio::select! {
            _ = db.batch_write().put_all(&jobs).into_future() => unreachable!("a request is held"),
            () = async { while stored(&db).await.len() < 25 {} } => {}
        }

        let stored = db.scan::<Job>().page().await.unwrap().items;
        assert_eq!(stored.len(), 25);
        assert!(stored.iter().all(|job| jobs.contains(job)));
    }

    #[tokio::test]
    async fn stays_in_doubt_until_it_is_known_to_be_written() {
        let (db, _) = befallen([LostAfter, Denied].map(Some)).await;
        let job = Job::new("j");
        let mut batch = db.batch_write().put(&job).start().unwrap();

        let _in_doubt = batch.run().await;
        let outcome = batch.run().await;

        assert_eq!(outcome.unwritten[0].reason.kind(), ErrorKind::Denied);
        assert!(outcome.unwritten[0].is_in_doubt());
    }

    #[tokio::test]
    async fn stays_in_doubt_when_the_next_run_is_refused() {
        let (db, recording) = befallen([Held, Denied].map(Some)).await;
        let job = Job::new("j");
        let mut batch = db.batch_write().put(&job).start().unwrap();
        tokio::select! {
            _ = batch.run() => unreachable!("the request is stuck"),
            () = async { while recording.count() < 1 { tokio::task::yield_now().await } } => {}
        }

        let outcome = batch.run().await;

        assert!(outcome.unwritten[0].is_in_doubt());
    }
}
