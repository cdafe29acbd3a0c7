//! Writes whose answer is lost after they were done: each is recognised, and none is done twice.

use std::time::Duration;

use dynamorm::{testing::Fault, transport::Operation};
use streamer_store::{ErrorKind, RequestStatus, Retried};

use crate::{
    claim::claims,
    stage::{LEASE, PAST_LEASE, Stage, failure, json, key, refused, submission},
};

claims![
    of_an_enqueue_stores_one_request,
    of_an_enqueue_that_is_made_again_is_a_replay,
    of_a_claim_is_won_and_counts_once,
    of_a_claim_that_another_won_is_not_won,
    of_a_claim_three_times_is_told_and_the_request_comes_back,
    of_a_dequeue_loses_no_request,
    of_a_release_gives_one_try_back,
    of_a_completion_is_done,
    of_a_completion_that_is_made_again_is_done,
    of_a_failure_is_done,
    of_a_retry_is_done,
    of_a_retry_after_another_claimed_says_that_the_lease_is_lost,
    of_a_heartbeat_is_done,
    of_a_reap_is_done_and_counts,
    of_a_cancel_and_a_requeue_is_done,
    of_a_cancel_during_a_completion_leaves_one_end,
];

/// Every update runs, loses its answer, and is sent again by the transport where it may be.
fn twice(stage: &Stage) {
    stage.faults.on(Operation::UpdateItem).inject(Fault::SentTwice);
}

async fn of_an_enqueue_stores_one_request(stage: Stage) {
    stage.faults.on(Operation::PutItem).inject(Fault::SentTwice);

    let enqueued = stage.queue().enqueue(submission("r-1")).await.unwrap();

    assert_eq!(stage.stored(&key("r-1")).await, enqueued.request);
}

async fn of_a_reap_is_done_and_counts(stage: Stage) {
    stage.queue().enqueue(submission("r-1").max_retries(0)).await.unwrap();
    stage.queue().claim(&key("r-1"), "w-1", LEASE).await.unwrap();
    stage.clock.advance(PAST_LEASE);
    twice(&stage);

    let reaped = stage.queue().reap().await.unwrap();

    assert_eq!((reaped, stage.status(&key("r-1")).await), (1, RequestStatus::Failed));
}

async fn of_an_enqueue_that_is_made_again_is_a_replay(stage: Stage) {
    stage.faults.on(Operation::PutItem).nth(1).inject(Fault::LostAfter);

    let first = refused(stage.queue().enqueue(submission("r-1")).await);
    let second = stage.queue().enqueue(submission("r-1")).await.unwrap();

    assert_eq!(first, ErrorKind::Timeout);
    assert!(second.is_replay);
}

async fn of_a_claim_is_won_and_counts_once(stage: Stage) {
    let key = stage.enqueued("r-1").await;
    stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::LostAfter);

    let claimed = stage.queue().claim(&key, "w-1", LEASE).await.unwrap();

    let stored = stage.stored(&key).await;
    assert_eq!((stored.attempt, stored.tries), (1, 1));
    assert_eq!(stored, claimed.request);
    stage.queue().complete(&claimed.lease, json("{}")).await.unwrap();
}

async fn of_a_claim_that_another_won_is_not_won(stage: Stage) {
    let key = stage.enqueued("r-1").await;
    // The first attempt never reaches the engine; before the second, another worker is faster.
    let held = stage.faults.on(Operation::UpdateItem).nth(2).inject(Fault::Held);
    stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::LostBefore);
    let (queue, of) = (stage.queue(), key.clone());
    let slow = tokio::spawn(async move { queue.claim(&of, "slow", LEASE).await });
    while held.count() == 0 {
        tokio::task::yield_now().await;
    }

    stage.queue().claim(&key, "fast", LEASE).await.unwrap();
    held.release();

    assert_eq!(refused(slow.await.unwrap()), ErrorKind::Conflict);
    assert_eq!(stage.stored(&key).await.worker.as_deref(), Some("fast"));
}

async fn of_a_claim_three_times_is_told_and_the_request_comes_back(stage: Stage) {
    let key = stage.enqueued("r-1").await;
    let lost = stage.faults.on(Operation::UpdateItem).times(3).inject(Fault::LostAfter);

    assert_eq!(refused(stage.queue().claim(&key, "w-1", LEASE).await), ErrorKind::Timeout);

    assert_eq!(lost.count(), 3);
    stage.clock.advance(crate::stage::PAST_LEASE);
    assert_eq!(stage.queue().dequeue(1, "w-2", LEASE).await.unwrap().len(), 1);
}

async fn of_a_dequeue_loses_no_request(stage: Stage) {
    for number in 0..4 {
        stage.enqueued(&format!("r-{number}")).await;
    }
    stage.faults.on(Operation::UpdateItem).nth(2).inject(Fault::LostAfter);

    let claimed = stage.queue().dequeue(9, "w-1", LEASE).await.unwrap();

    assert_eq!(claimed.len(), 4);
    for request in claimed {
        stage.queue().complete(&request.lease, json("{}")).await.unwrap();
    }
}

async fn of_a_release_gives_one_try_back(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::LostAfter);

    stage.queue().release(&claimed.lease).await.unwrap();

    let stored = stage.stored(&key("r-1")).await;
    assert_eq!((stored.status, stored.tries), (RequestStatus::Pending, 0));
}

async fn of_a_completion_is_done(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    twice(&stage);

    stage.queue().complete(&claimed.lease, json("{}")).await.unwrap();

    assert_eq!(stage.status(&key("r-1")).await, RequestStatus::Completed);
}

async fn of_a_completion_that_is_made_again_is_done(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::LostAfter);

    let first = stage.queue().complete(&claimed.lease, json("{}")).await;
    let second = stage.queue().complete(&claimed.lease, json("{}")).await;

    assert_eq!(refused(first), ErrorKind::Timeout);
    second.unwrap();
}

async fn of_a_failure_is_done(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    twice(&stage);

    stage.queue().fail(&claimed.lease, failure()).await.unwrap();

    assert_eq!(stage.status(&key("r-1")).await, RequestStatus::Failed);
}

async fn of_a_retry_is_done(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    twice(&stage);

    let retried = stage.queue().retry(&claimed, failure(), Some(Duration::from_secs(5))).await.unwrap();

    let stored = stage.stored(&key("r-1")).await;
    assert_eq!(stored.status, RequestStatus::Retrying);
    assert_eq!(retried, Retried::At(stored.visible_at));
}

async fn of_a_retry_after_another_claimed_says_that_the_lease_is_lost(stage: Stage) {
    let first = stage.claimed("r-1", "w-1").await;
    let lost = stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::LostAfter);
    assert_eq!(
        refused(stage.queue().retry(&first, failure(), Some(Duration::ZERO)).await),
        ErrorKind::Timeout
    );
    assert_eq!(lost.count(), 1);
    stage.queue().claim(&key("r-1"), "w-2", LEASE).await.unwrap();

    let again = stage.queue().retry(&first, failure(), Some(Duration::ZERO)).await;

    assert_eq!(refused(again), ErrorKind::LeaseLost);
    assert_eq!(stage.stored(&key("r-1")).await.worker.as_deref(), Some("w-2"));
}

async fn of_a_heartbeat_is_done(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    stage.clock.advance(LEASE / 3);
    twice(&stage);

    stage.queue().heartbeat(&claimed.lease, LEASE).await.unwrap();

    assert_eq!(stage.stored(&key("r-1")).await.lease_until, stage.now().checked_add(LEASE));
}

async fn of_a_cancel_and_a_requeue_is_done(stage: Stage) {
    let key = stage.enqueued("r-1").await;
    twice(&stage);

    stage.queue().cancel(&key).await.unwrap();
    assert_eq!(stage.status(&key).await, RequestStatus::Cancelled);
    stage.clock.advance(Duration::from_secs(1));
    stage.queue().requeue(&key).await.unwrap();
    assert_eq!(stage.status(&key).await, RequestStatus::Pending);
}

async fn of_a_cancel_during_a_completion_leaves_one_end(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::LostAfter);
    assert_eq!(refused(stage.queue().complete(&claimed.lease, json("{}")).await), ErrorKind::Timeout);

    let cancelled = refused(stage.queue().cancel(&key("r-1")).await);

    assert!(matches!(cancelled, ErrorKind::IllegalTransition { .. }), "{cancelled:?}");
    assert_eq!(stage.status(&key("r-1")).await, RequestStatus::Completed);
}
