//! `dynamorm::testing::Recording`: what it keeps, and what it never shows.

use dynamorm::{
    testing::{Fault, Faults, Outcome, Recording},
    transport::{Operation, Repeat, TransportErrorKind},
};

use crate::{
    fixture::recorded,
    model::{Job, Lease},
};

#[tokio::test]
async fn keeps_the_request_and_what_came_of_it() {
    let (db, recording) = recorded().await;
    db.put(&Job::new("j")).await.unwrap();
    recording.take();

    db.query(Job::by_owner("ann")).take(1).await.unwrap();
    db.create(&Job::new("j")).await.unwrap_err();

    let calls = recording.take();
    assert_eq!(calls.len(), 2);
    assert_eq!((calls[0].operation, &*calls[0].table), (Operation::Query, "jobs"));
    assert_eq!((calls[0].index, calls[0].repeat), (Some("owner-index"), Repeat::Safe));
    assert_eq!((calls[0].outcome, calls[0].attempts), (Some(Outcome::Answered), 1));
    assert!(calls[0].capacity.unwrap() > 0.0);
    assert_eq!(calls[1].outcome, Some(Outcome::Failed(TransportErrorKind::ConditionFailed)));
    assert_eq!(recording.count(), 0);
}

#[tokio::test]
async fn adds_up_by_operation() {
    let (db, recording) = recorded().await;
    let (db, faults) = Faults::under(db);
    let (db, above) = Recording::under(db);
    faults.on(Operation::PutItem).inject(Fault::SentTwice);

    db.put(&Job::new("j")).await.unwrap();
    db.get(Job::key("j")).await.unwrap();
    let _none = db.batch_get([Lease::key("l")]).await.unwrap();
    db.get(Job::key("i")).await.unwrap();

    let totals = above.totals();
    let operations: Vec<_> = totals.iter().map(|total| total.operation).collect();
    assert_eq!(operations, [Operation::PutItem, Operation::GetItem, Operation::BatchGetItem]);
    assert_eq!((totals[0].requests, totals[0].attempts), (1, 2));
    assert_eq!((totals[1].requests, totals[1].capacity), (2, 1.0));
    assert!(totals[2].capacity > 0.0);
    assert_eq!(recording.totals()[0].requests, 2);
}

#[tokio::test]
async fn counts_failures() {
    let (db, recording) = recorded().await;
    db.create(&Job::new("j")).await.unwrap();

    db.create(&Job::new("j")).await.unwrap_err();

    let totals = recording.totals();
    assert_eq!((totals[0].requests, totals[0].failures), (2, 1));
}

#[tokio::test]
async fn shows_no_item() {
    let (db, recording) = recorded().await;

    db.put(&Job::new("sesame")).await.unwrap();

    let shown = format!("{recording:?} {:?}", recording.take());
    assert!(shown.contains("PutItem") && !shown.contains("sesame"), "{shown}");
}

#[tokio::test]
async fn keeps_a_request_whose_future_was_dropped() {
    let (db, recording) = recorded().await;
    let (db, faults) = Faults::under(db);
    let (db, above) = Recording::under(db);
    faults.on_any().inject(Fault::Slow(std::time::Duration::from_secs(600)));

    let get = db.get(Job::key("j"));
    let dropped = tokio::time::timeout(std::time::Duration::from_millis(5), get).await;

    assert!(dropped.is_err());
    assert_eq!(above.take()[0].outcome, None);
    assert_eq!(recording.count(), 0);
}
