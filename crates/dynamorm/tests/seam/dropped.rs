//! Futures that are dropped before they are done.

use std::{
    future::IntoFuture,
    pin::pin,
    task::{Context, Waker},
};

use dynamorm::prelude::*;

use crate::{fixture::recorded, model::Job};

/// Polls a future once and drops it.
fn poll_once(future: impl Future) {
    let mut future = pin!(future);
    let _pending = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

#[tokio::test]
async fn unpolled_sends_nothing() {
    let (db, recording) = recorded().await;

    drop(db.create(&Job::new("j")).into_future());
    drop(db.query(Job::by_owner("ann")).stream());

    assert_eq!(recording.count(), 0);
}

#[tokio::test]
async fn polled_leaves_a_whole_item_or_none() {
    let (db, _) = recorded().await;

    for number in 0..20 {
        let job = Job::new(&format!("j{number}"));
        poll_once(db.create(&job).into_future());
        poll_once(db.update(job.primary_key()).set(Job::fields().note, "n").into_future());

        // Every call of the engine that was begun is done before this one.
        if let Some(stored) = db.get(job.primary_key()).consistent().await.unwrap() {
            assert_eq!(Job { note: None, ..stored }, job);
        }
    }
}

#[tokio::test]
async fn stream_leaves_the_database_usable() {
    let (db, _) = recorded().await;
    for number in 0..6 {
        db.create(&Job { created: number, ..Job::new(&format!("j{number}")) }).await.unwrap();
    }

    for taken in 0..4 {
        let mut stream = db.query(Job::by_owner("ann")).page_size(1).stream();
        for _ in 0..taken {
            stream.try_next().await.unwrap();
        }
    }

    assert_eq!(db.query(Job::by_owner("ann")).count().await.unwrap(), 6);
}
