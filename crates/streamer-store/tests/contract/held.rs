use std::time::Duration;

use dynamorm::{testing::Fault, transport::Operation};
use streamer_store::{ErrorKind, Progress, RequestStatus, Retried};

use crate::{
    claim::claims,
    stage::{LEASE, PAST_LEASE, Stage, failure, json, key, refused, submission},
};

claims![
    heartbeat_extends_the_lease,
    heartbeat_that_comes_late_does_not_shorten_the_lease,
    heartbeat_of_a_request_that_another_holds_is_refused,
    heartbeat_of_a_cancelled_request_says_so,
    complete_ends_with_a_result,
    complete_of_what_another_ended_is_refused,
    fail_ends_with_an_error,
    progress_never_falls,
    progress_of_another_holder_is_refused,
    checkpoint_is_found_by_the_next_attempt,
    retry_makes_it_due_again_later,
    retry_pauses_longer_with_each_try,
    retry_ends_it_when_the_tries_are_used_up,
    release_gives_the_try_back,
    an_expired_lease_that_no_one_took_over_still_holds,
    a_request_of_more_than_400_kb_is_refused_and_stays_held,
];

async fn heartbeat_extends_the_lease(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    stage.clock.advance(LEASE);

    stage.queue().heartbeat(&claimed.lease, LEASE).await.unwrap();

    stage.clock.advance(LEASE);
    assert_eq!(refused(stage.queue().claim(&key("r-1"), "w-2", LEASE).await), ErrorKind::Conflict);
    assert_eq!(stage.stored(&key("r-1")).await.lease_until, Some(stage.now()));
}

async fn heartbeat_that_comes_late_does_not_shorten_the_lease(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    let held = stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::Held);
    let (queue, lease) = (stage.queue(), claimed.lease.clone());
    let late = tokio::spawn(async move { queue.heartbeat(&lease, LEASE).await });
    while held.count() == 0 {
        tokio::task::yield_now().await;
    }
    stage.clock.advance(LEASE);
    stage.queue().heartbeat(&claimed.lease, LEASE).await.unwrap();

    held.release();
    late.await.unwrap().unwrap();

    assert_eq!(stage.stored(&key("r-1")).await.lease_until, stage.now().checked_add(LEASE));
}

async fn heartbeat_of_a_request_that_another_holds_is_refused(stage: Stage) {
    let first = stage.claimed("r-1", "w-1").await;
    stage.clock.advance(PAST_LEASE);
    stage.queue().claim(&key("r-1"), "w-2", LEASE).await.unwrap();

    assert_eq!(refused(stage.queue().heartbeat(&first.lease, LEASE).await), ErrorKind::LeaseLost);
    assert_eq!(stage.stored(&key("r-1")).await.worker.as_deref(), Some("w-2"));
}

async fn heartbeat_of_a_cancelled_request_says_so(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    stage.queue().cancel(&key("r-1")).await.unwrap();

    assert_eq!(refused(stage.queue().heartbeat(&claimed.lease, LEASE).await), ErrorKind::Cancelled);
    let progress = Progress { percentage: 50, ..Progress::default() };
    assert_eq!(refused(stage.queue().update_progress(&claimed.lease, progress).await), ErrorKind::Cancelled);
    assert_eq!(refused(stage.queue().complete(&claimed.lease, json("{}")).await), ErrorKind::Cancelled);
    assert_eq!(stage.status(&key("r-1")).await, RequestStatus::Cancelled);
}

async fn complete_ends_with_a_result(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    stage.clock.advance(Duration::from_secs(1));

    stage.queue().complete(&claimed.lease, json(r#"{"sum":6}"#)).await.unwrap();

    let stored = stage.stored(&key("r-1")).await;
    assert_eq!((stored.status, stored.progress), (RequestStatus::Completed, Some(100)));
    assert_eq!(stored.result, Some(json(r#"{"sum":6}"#)));
    assert_eq!((stored.processing_ended, stored.visible_at), (Some(stage.now()), stage.now()));
    assert_eq!(stored.ttl, stage.now().checked_add(streamer_store::ENDED_TIME_TO_LIVE));
}

async fn complete_of_what_another_ended_is_refused(stage: Stage) {
    let first = stage.claimed("r-1", "w-1").await;
    stage.clock.advance(PAST_LEASE);
    let second = stage.queue().claim(&key("r-1"), "w-2", LEASE).await.unwrap();
    stage.queue().complete(&second.lease, json(r#"{"by":2}"#)).await.unwrap();

    let late = stage.queue().complete(&first.lease, json(r#"{"by":1}"#)).await;

    assert_eq!(refused(late), ErrorKind::LeaseLost);
    assert_eq!(stage.stored(&key("r-1")).await.result, Some(json(r#"{"by":2}"#)));
}

async fn fail_ends_with_an_error(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;

    stage.queue().fail(&claimed.lease, failure()).await.unwrap();

    let stored = stage.stored(&key("r-1")).await;
    assert_eq!((stored.status, stored.error), (RequestStatus::Failed, Some(failure())));
    assert!(stored.ttl.is_some() && stored.processing_ended.is_some());
}

async fn progress_never_falls(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    let say = |percentage, message: &str| Progress {
        percentage,
        message: Some(message.to_owned()),
        details: Some(json(r#"{"rows":1}"#)),
    };
    for progress in [say(40, "forty"), say(20, "twenty"), say(40, "again"), say(200, "much")] {
        stage.queue().update_progress(&claimed.lease, progress).await.unwrap();
        let stored = stage.stored(&key("r-1")).await;
        match stored.progress_message.as_deref() {
            Some("much") => assert_eq!(stored.progress, Some(100)),
            _ => assert_eq!(stored.progress, Some(40)),
        }
    }

    let stored = stage.stored(&key("r-1")).await;
    assert_eq!(stored.progress_message.as_deref(), Some("much"));
    assert_eq!(stored.progress_details, Some(json(r#"{"rows":1}"#)));
}

async fn progress_of_another_holder_is_refused(stage: Stage) {
    let first = stage.claimed("r-1", "w-1").await;
    stage.clock.advance(PAST_LEASE);
    stage.queue().claim(&key("r-1"), "w-2", LEASE).await.unwrap();

    let late = stage.queue().update_progress(&first.lease, Progress::default()).await;

    assert_eq!(refused(late), ErrorKind::LeaseLost);
    assert_eq!(stage.stored(&key("r-1")).await.progress, None);
}

async fn checkpoint_is_found_by_the_next_attempt(stage: Stage) {
    let first = stage.claimed("r-1", "w-1").await;
    stage.queue().save_checkpoint(&first.lease, json(r#"{"row":7}"#)).await.unwrap();
    stage.clock.advance(PAST_LEASE);

    let second = stage.queue().claim(&key("r-1"), "w-2", LEASE).await.unwrap();

    assert_eq!(second.request.checkpoint, Some(json(r#"{"row":7}"#)));
    let late = stage.queue().save_checkpoint(&first.lease, json("{}")).await;
    assert_eq!(refused(late), ErrorKind::LeaseLost);
}

async fn retry_makes_it_due_again_later(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    let pause = Duration::from_secs(60);

    let retried = stage.queue().retry(&claimed, failure(), Some(pause)).await.unwrap();

    assert_eq!(retried, Retried::At(stage.now().checked_add(pause).unwrap()));
    let stored = stage.stored(&key("r-1")).await;
    assert_eq!((stored.status, stored.error), (RequestStatus::Retrying, Some(failure())));
    assert_eq!(stage.queue().dequeue(1, "w-2", LEASE).await.unwrap(), []);
    stage.clock.advance(pause);
    let again = stage.queue().dequeue(1, "w-2", LEASE).await.unwrap();
    assert_eq!((again[0].request.tries, again[0].request.retry_after), (2, None));
}

async fn retry_pauses_longer_with_each_try(stage: Stage) {
    stage.queue().enqueue(submission("r-1").max_retries(20)).await.unwrap();
    let mut longest = Duration::ZERO;
    for doublings in 0..12_u32 {
        let claimed = stage.queue().claim(&key("r-1"), "w-1", LEASE).await.unwrap();
        let Retried::At(at) = stage.queue().retry(&claimed, failure(), None).await.unwrap() else {
            panic!("it has tries left");
        };
        let pause = at.duration_since(stage.now()).unwrap_or_default();
        let bound = Duration::from_secs(1 << doublings).min(Duration::from_secs(300));
        assert!(pause <= bound, "{pause:?} after {doublings} doublings");
        longest = longest.max(pause);
        stage.clock.advance(pause);
    }
    // A bound of 300 s four times: that all of them are short has odds of one in ten million.
    assert!(longest > Duration::from_secs(5), "{longest:?}");
}

async fn retry_ends_it_when_the_tries_are_used_up(stage: Stage) {
    stage.queue().enqueue(submission("r-1").max_retries(0)).await.unwrap();
    let claimed = stage.queue().claim(&key("r-1"), "w-1", LEASE).await.unwrap();

    let retried = stage.queue().retry(&claimed, failure(), None).await.unwrap();

    assert_eq!(retried, Retried::Failed);
    let stored = stage.stored(&key("r-1")).await;
    assert_eq!((stored.status, stored.error), (RequestStatus::Failed, Some(failure())));
}

async fn release_gives_the_try_back(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;

    stage.queue().release(&claimed.lease).await.unwrap();

    let stored = stage.stored(&key("r-1")).await;
    assert_eq!((stored.status, stored.visible_at), (RequestStatus::Pending, stage.now()));
    assert_eq!((stored.attempt, stored.tries, stored.worker), (1, 0, None));
    let again = stage.queue().dequeue(1, "w-2", LEASE).await.unwrap();
    assert_eq!((again[0].request.attempt, again[0].request.tries), (2, 1));
    assert_eq!(refused(stage.queue().release(&claimed.lease).await), ErrorKind::LeaseLost);
}

async fn an_expired_lease_that_no_one_took_over_still_holds(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    stage.clock.advance(PAST_LEASE * 10);

    stage.queue().complete(&claimed.lease, json("{}")).await.unwrap();

    assert_eq!(stage.status(&key("r-1")).await, RequestStatus::Completed);
}

async fn a_request_of_more_than_400_kb_is_refused_and_stays_held(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    let mut noise = vec![0; 900_000];
    stage.stores.db().fill_random(&mut noise);
    let text: String = noise.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
    let large = json(&format!(r#"{{"text":"{text}"}}"#));

    let refused = refused(stage.queue().complete(&claimed.lease, large).await);

    assert!(matches!(refused, ErrorKind::TooLarge { .. } | ErrorKind::Validation { .. }), "{refused:?}");
    assert_eq!(stage.status(&key("r-1")).await, RequestStatus::Processing);
    stage.queue().fail(&claimed.lease, failure()).await.unwrap();
}
