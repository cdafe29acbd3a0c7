use std::{collections::BTreeSet, time::Duration};

use dynamorm::{Clock, Model, testing::TestClock};
use streamer_store::{Claimed, ErrorKind, MAX_CLOCK_SKEW, Priority, RequestStatus, StoreFactory, Timestamp};

use crate::{
    claim::claims,
    stage::{LEASE, PAST_LEASE, Stage, failure, key, refused, submission},
};

claims![
    claim_takes_hold_of_a_request,
    claim_of_several_at_once_has_one_winner,
    claim_is_refused_while_another_holds_the_request,
    claim_takes_over_when_a_lease_has_surely_expired,
    claim_is_refused_of_what_has_ended,
    claim_of_nothing_finds_nothing,
    claim_is_refused_when_the_tries_are_used_up,
    dequeue_gives_what_is_due_and_no_more_than_asked_for,
    dequeue_gives_nothing_twice,
    dequeue_takes_the_highest_priority_first,
    dequeue_starves_no_priority,
    dequeue_fails_what_is_used_up_and_reads_on,
    dequeue_reads_on_while_the_clock_goes_on,
    dequeue_of_a_tenant_leaves_those_of_others,
    dequeue_meets_nothing_that_has_ended,
    dequeue_passes_over_what_cannot_be_read,
    release_for_want_of_a_handler_gives_the_try_back_and_notes_since_when,
];

fn ids(claimed: &[Claimed]) -> BTreeSet<String> {
    claimed.iter().map(|claimed| claimed.request.request_id.clone()).collect()
}

async fn claim_takes_hold_of_a_request(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;

    let stored = stage.stored(&key("r-1")).await;
    assert_eq!(stored, claimed.request);
    assert_eq!((stored.status, stored.worker.as_deref()), (RequestStatus::Processing, Some("w-1")));
    assert_eq!((stored.attempt, stored.tries), (1, 1));
    assert_eq!(stored.lease_until, stage.now().checked_add(LEASE));
    assert_eq!(stored.lease_id.as_deref(), Some(claimed.lease.id()));
}

async fn claim_of_several_at_once_has_one_winner(stage: Stage) {
    let key = stage.enqueued("r-1").await;
    let queue = stage.queue();
    let claims = (0..8).map(|worker| {
        let (queue, key) = (queue.clone(), key.clone());
        tokio::spawn(async move { queue.claim(&key, &format!("w-{worker}"), LEASE).await.is_ok() })
    });
    let claims: Vec<_> = claims.collect();

    let mut winners = 0;
    for claim in claims {
        winners += u32::from(claim.await.unwrap());
    }

    assert_eq!(winners, 1);
    assert_eq!(stage.stored(&key).await.attempt, 1);
}

async fn claim_is_refused_while_another_holds_the_request(stage: Stage) {
    stage.claimed("r-1", "w-1").await;
    // By its own clock the lease has ended; by another's it may not have.
    stage.clock.advance(LEASE + MAX_CLOCK_SKEW - Duration::from_secs(1));

    let second = stage.queue().claim(&key("r-1"), "w-2", LEASE).await;

    assert_eq!(refused(second), ErrorKind::Conflict);
    assert_eq!(stage.stored(&key("r-1")).await.worker.as_deref(), Some("w-1"));
}

async fn claim_takes_over_when_a_lease_has_surely_expired(stage: Stage) {
    let first = stage.claimed("r-1", "w-1").await;
    stage.clock.advance(PAST_LEASE);

    let second = stage.queue().claim(&key("r-1"), "w-2", LEASE).await.unwrap();

    assert_eq!((second.request.attempt, second.request.tries), (2, 2));
    let late = stage.queue().complete(&first.lease, crate::stage::json("{}")).await;
    assert_eq!(refused(late), ErrorKind::LeaseLost);
    assert_eq!(stage.status(&key("r-1")).await, RequestStatus::Processing);
}

async fn claim_is_refused_of_what_has_ended(stage: Stage) {
    let key = stage.completed("r-1").await;

    let (from, to) = (RequestStatus::Completed, RequestStatus::Processing);
    let claim = stage.queue().claim(&key, "w-1", LEASE).await;

    assert_eq!(refused(claim), ErrorKind::IllegalTransition { from, to });
}

async fn claim_of_nothing_finds_nothing(stage: Stage) {
    assert_eq!(refused(stage.queue().claim(&key("none"), "w-1", LEASE).await), ErrorKind::NotFound);
    let kind = refused(stage.queue().claim(&key("none"), "", LEASE).await);
    assert_eq!(kind, ErrorKind::Validation { field: "worker" });
}

async fn claim_is_refused_when_the_tries_are_used_up(stage: Stage) {
    stage.queue().enqueue(submission("r-1").max_retries(1)).await.unwrap();
    for _ in 0..2 {
        stage.queue().claim(&key("r-1"), "w-1", LEASE).await.unwrap();
        stage.clock.advance(PAST_LEASE);
    }

    let third = stage.queue().claim(&key("r-1"), "w-1", LEASE).await;

    assert!(matches!(refused(third), ErrorKind::IllegalTransition { .. }));
}

async fn dequeue_gives_what_is_due_and_no_more_than_asked_for(stage: Stage) {
    for number in 0..5 {
        stage.enqueued(&format!("r-{number}")).await;
    }

    let two = stage.queue().dequeue(2, "w-1", LEASE).await.unwrap();
    let rest = stage.queue().dequeue(9, "w-1", LEASE).await.unwrap();

    assert_eq!((two.len(), rest.len()), (2, 3));
    let all: BTreeSet<_> = ids(&two).union(&ids(&rest)).cloned().collect();
    assert_eq!(all, (0..5).map(|number| format!("r-{number}")).collect());
    assert_eq!(stage.queue().dequeue(9, "w-1", LEASE).await.unwrap(), []);
}

async fn dequeue_gives_nothing_twice(stage: Stage) {
    for number in 0..30 {
        stage.enqueued(&format!("r-{number}")).await;
    }
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            let queue = stage.queue();
            tokio::spawn(async move { queue.dequeue(30, &format!("w-{worker}"), LEASE).await.unwrap() })
        })
        .collect();

    let mut claimed = Vec::new();
    for worker in workers {
        claimed.extend(worker.await.unwrap());
    }

    assert_eq!((claimed.len(), ids(&claimed).len()), (30, 30));
    for request in claimed {
        assert_eq!(stage.stored(request.lease.key()).await.attempt, 1);
    }
}

async fn dequeue_takes_the_highest_priority_first(stage: Stage) {
    for priority in Priority::ALL {
        for number in 0..8 {
            let id = format!("{priority}-{number}");
            stage.queue().enqueue(submission(&id).priority(priority)).await.unwrap();
        }
    }

    // One in eight goes the other way; of eight, most go this way.
    let mut first_high = 0;
    for _ in 0..8 {
        let claimed = stage.queue().dequeue(1, "w-1", LEASE).await.unwrap();
        first_high += u32::from(claimed[0].request.priority == Priority::High);
    }

    assert!(first_high >= 4, "{first_high}");
}

async fn dequeue_starves_no_priority(stage: Stage) {
    stage.queue().enqueue(submission("low").priority(Priority::Low)).await.unwrap();
    for number in 0..400 {
        stage.queue().enqueue(submission(&number.to_string()).priority(Priority::High)).await.unwrap();
        let claimed = stage.queue().dequeue(1, "w-1", LEASE).await.unwrap();
        if claimed[0].request.request_id == "low" {
            return;
        }
    }
    panic!("a request of low priority waited for 400 dequeues");
}

async fn dequeue_fails_what_is_used_up_and_reads_on(stage: Stage) {
    stage.queue().enqueue(submission("used-up").max_retries(0)).await.unwrap();
    let claimed = stage.queue().claim(&key("used-up"), "w-1", LEASE).await.unwrap();
    assert_eq!(claimed.request.tries, 1);
    stage.clock.advance(PAST_LEASE);
    stage.enqueued("fresh").await;

    let claimed = stage.queue().dequeue(9, "w-2", LEASE).await.unwrap();

    assert_eq!(ids(&claimed), BTreeSet::from(["fresh".to_owned()]));
    let failed = stage.stored(&key("used-up")).await;
    assert_eq!((failed.status, failed.processing_ended), (RequestStatus::Failed, Some(stage.now())));
    assert_eq!(failed.error.unwrap().code, "PROCESSING_FAILED");
    assert!(failed.ttl.is_some());
}

/// A clock that is later each time it is looked at, as every clock outside a test is.
#[derive(Debug)]
struct GoingOn(TestClock);

impl Clock for GoingOn {
    fn now(&self) -> Timestamp {
        self.0.advance(Duration::from_millis(1));
        self.0.now()
    }
}

async fn dequeue_reads_on_while_the_clock_goes_on(stage: Stage) {
    let db = stage.stores.db().clone().with_clock(GoingOn(stage.clock.clone()));
    // In one shard, so that they are on one page and the next.
    let queue = StoreFactory::from_db(db).with_shards(1).requests();
    for number in 0..40 {
        queue.enqueue(submission(&format!("used-up-{number}")).max_retries(0)).await.unwrap();
        queue.claim(&key(&format!("used-up-{number}")), "w-1", LEASE).await.unwrap();
    }
    stage.clock.advance(PAST_LEASE);
    queue.enqueue(submission("r-1")).await.unwrap();

    let claimed = queue.dequeue(1, "w-2", LEASE).await.unwrap();

    assert_eq!(ids(&claimed), BTreeSet::from(["r-1".to_owned()]));
}

async fn dequeue_of_a_tenant_leaves_those_of_others(stage: Stage) {
    stage.enqueued("r-1").await;

    assert_eq!(stage.queue().for_tenant("other").dequeue(9, "w-1", LEASE).await.unwrap(), []);
    assert_eq!(stage.queue().for_tenant("acme").dequeue(9, "w-1", LEASE).await.unwrap().len(), 1);
}

async fn dequeue_meets_nothing_that_has_ended(stage: Stage) {
    stage.completed("completed").await;
    let failed = stage.claimed("failed", "w-1").await;
    stage.queue().fail(&failed.lease, failure()).await.unwrap();
    stage.queue().cancel(&stage.enqueued("cancelled").await).await.unwrap();

    stage.clock.advance(PAST_LEASE);

    assert_eq!(stage.queue().dequeue(9, "w-1", LEASE).await.unwrap(), []);
}

/// A request as another version may write it: an action that is a number.
#[derive(Debug, Model)]
#[dynamorm(table = "requests", key(partition = "REQ#{tenant_id}#{request_id}", sort = "METADATA"))]
struct OfAnotherVersion {
    tenant_id: String,
    request_id: String,
    action: u32,
}

async fn dequeue_passes_over_what_cannot_be_read(stage: Stage) {
    for id in ["a", "b", "c"] {
        stage.enqueued(id).await;
    }
    let fields = OfAnotherVersion::fields();
    stage.stores.db().update(OfAnotherVersion::key("acme", "b")).set(fields.action, 7_u32).await.unwrap();

    let claimed = stage.queue().dequeue(9, "w-1", LEASE).await.unwrap();
    let nothing_else = stage.queue().dequeue(9, "w-1", LEASE).await;

    assert_eq!(ids(&claimed), BTreeSet::from(["a".to_owned(), "c".to_owned()]));
    // It is held by whoever could not read it, until its lease ends.
    assert_eq!(nothing_else.unwrap(), []);
}

async fn release_for_want_of_a_handler_gives_the_try_back_and_notes_since_when(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    let since = stage.now();

    stage.queue().release_unhandled(&claimed.lease, Duration::from_secs(10)).await.unwrap();
    let at_once = stage.queue().dequeue(1, "w-2", LEASE).await.unwrap();
    stage.clock.advance(Duration::from_secs(10));
    let later = stage.queue().dequeue(1, "w-2", LEASE).await.unwrap().remove(0);
    stage.queue().release_unhandled(&later.lease, Duration::ZERO).await.unwrap();
    let again = stage.queue().claim(&key("r-1"), "w-3", LEASE).await.unwrap();
    stage.queue().retry(&again, failure(), Some(Duration::ZERO)).await.unwrap();

    assert_eq!(at_once, []);
    assert_eq!((later.request.attempt, later.request.tries), (2, 1));
    assert_eq!((later.request.unhandled_since, again.request.unhandled_since), (Some(since), Some(since)));
    assert_eq!(stage.stored(&key("r-1")).await.unhandled_since, None);
}
