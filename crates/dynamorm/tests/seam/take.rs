//! `take`: how much it asks for, and why it says that it ended.

use dynamorm::{
    prelude::*,
    testing::{Fault, Faults},
    transport::Operation,
    verb::Ended,
};
use serde_json::Value;

use crate::{fixture::recorded, layer::Recording, model::Job};

fn limits(recording: &Recording) -> Vec<u64> {
    let limit = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap()["Limit"].as_u64();
    recording.take().iter().filter_map(|request| limit(&request.body)).collect()
}

/// Jobs with a note of so many bytes.
async fn stored(count: u64, bytes: usize) -> (Db, Recording) {
    let (db, recording) = recorded().await;
    for created in 0..count {
        let note = Some("x".repeat(bytes));
        db.put(&Job { created, note, ..Job::new(&format!("j-{created}")) }).await.unwrap();
    }
    recording.take();
    (db, recording)
}

#[tokio::test]
async fn is_exhausted_only_when_no_match_is_left() {
    let (db, _) = stored(10, 1).await;
    let query = || db.query(Job::by_owner("ann"));
    let filter = || Job::fields().tries.lt(5);

    let left = [
        query().take(3).await.unwrap().ended,
        query().page_size(20).take(3).await.unwrap().ended,
        query().filter(filter()).take(3).await.unwrap().ended,
        query().hydrate().page_size(20).take(3).await.unwrap().ended,
    ];
    let none_left = [
        query().take(20).await.unwrap().ended,
        query().page_size(20).take(10).await.unwrap().ended,
        query().filter(filter()).take(10).await.unwrap().ended,
        query().hydrate().page_size(20).take(10).await.unwrap().ended,
    ];

    assert_eq!((left, none_left), ([Ended::Taken; 4], [Ended::Exhausted; 4]));
}

#[tokio::test]
async fn asks_for_what_is_missing_where_pages_end_early_and_nothing_lies_in_the_way() {
    let (db, recording) = stored(12, 300_000).await;

    let taken = db.query(Job::by_owner("ann")).take(4).await.unwrap();

    assert_eq!((taken.len(), taken.scanned), (4, 4));
    assert_eq!(limits(&recording), [4, 1]);
}

#[tokio::test]
async fn says_what_was_read_of_pages_that_end_early() {
    let (db, _) = stored(40, 100_000).await;

    let taken = db.query(Job::by_owner("ann")).take(99).await.unwrap();

    assert_eq!((taken.len(), taken.scanned), (40, 40));
}

#[tokio::test]
async fn asks_for_no_more_than_engines_take() {
    let (db, _) = stored(40, 1).await;
    for created in 0..40 {
        db.put(&Job { created, tries: 9, ..Job::new(&format!("j-{created}")) }).await.unwrap();
    }
    let (db, faults) = Faults::under(db);
    faults.on(Operation::Query).inject(Fault::PartialPage(1));
    let (db, recording) = dynamorm::testing::Recording::under(db);

    db.query(Job::by_owner("ann")).take(usize::MAX).await.unwrap();

    let limit = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap()["Limit"].as_u64();
    let most = recording.take().iter().filter_map(|request| limit(&request.body)).max();
    assert_eq!(most, Some(i32::MAX as u64));
}
