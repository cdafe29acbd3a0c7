use std::time::Duration;

use streamer_store::{ENDED_TIME_TO_LIVE, ErrorKind, Progress, RequestStatus, Submission};

use crate::{
    claim::claims,
    stage::{LEASE, Stage, failure, json, key, refused, submission},
};

claims![
    cancel_ends_what_is_open,
    cancel_is_idempotent_and_refused_of_other_ends,
    cancel_by_connection_ends_what_is_open_of_it_alone,
    requeue_begins_a_new_life,
    requeue_is_refused_while_open,
    update_status_cancels_and_requeues_and_nothing_else,
    delete_removes_what_has_ended,
    delete_is_refused_while_open,
    an_ended_request_is_gone_after_seven_days,
    reap_fails_what_is_used_up_and_nothing_else,
    nothing_is_found_where_nothing_is,
    a_request_of_another_tenant_is_not_found,
];

async fn cancel_ends_what_is_open(stage: Stage) {
    stage.enqueued("pending").await;
    stage.claimed("processing", "w-1").await;
    let retrying = stage.claimed("retrying", "w-1").await;
    stage.queue().retry(&retrying, failure(), Some(Duration::from_secs(60))).await.unwrap();

    for id in ["pending", "processing", "retrying"] {
        stage.queue().cancel(&key(id)).await.unwrap();

        let stored = stage.stored(&key(id)).await;
        assert_eq!((stored.status, stored.processing_ended), (RequestStatus::Cancelled, Some(stage.now())));
        assert!(stored.ttl.is_some());
    }
}

async fn cancel_is_idempotent_and_refused_of_other_ends(stage: Stage) {
    let key = stage.enqueued("r-1").await;
    stage.queue().cancel(&key).await.unwrap();
    stage.queue().cancel(&key).await.unwrap();
    let completed = stage.completed("r-2").await;

    let (from, to) = (RequestStatus::Completed, RequestStatus::Cancelled);
    assert_eq!(refused(stage.queue().cancel(&completed).await), ErrorKind::IllegalTransition { from, to });
}

async fn cancel_by_connection_ends_what_is_open_of_it_alone(stage: Stage) {
    let queue = stage.queue();
    for (id, connection) in [("waits", "c-1"), ("held", "c-1"), ("done", "c-1"), ("other", "c-2")] {
        queue.enqueue(submission(id).connection(connection)).await.unwrap();
    }
    queue.claim(&key("held"), "w-1", LEASE).await.unwrap();
    let done = queue.claim(&key("done"), "w-1", LEASE).await.unwrap();
    queue.complete(&done.lease, json("{}")).await.unwrap();

    let of_another_tenant = queue.for_tenant("other").cancel_by_connection("c-1").await.unwrap();
    let first = queue.cancel_by_connection("c-1").await.unwrap();
    let second = queue.cancel_by_connection("c-1").await.unwrap();

    assert_eq!([of_another_tenant, first, second], [0, 2, 0]);
    for (id, status) in [
        ("waits", RequestStatus::Cancelled),
        ("held", RequestStatus::Cancelled),
        ("done", RequestStatus::Completed),
        ("other", RequestStatus::Pending),
    ] {
        assert_eq!(stage.status(&key(id)).await, status, "{id}");
    }
}

async fn requeue_begins_a_new_life(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    let progress = Progress { percentage: 50, message: Some("half".into()), details: Some(json("{}")) };
    stage.queue().update_progress(&claimed.lease, progress).await.unwrap();
    stage.queue().save_checkpoint(&claimed.lease, json("{}")).await.unwrap();
    stage.queue().complete(&claimed.lease, json("{}")).await.unwrap();
    stage.clock.advance(Duration::from_secs(1));

    stage.queue().requeue(&key("r-1")).await.unwrap();

    let stored = stage.stored(&key("r-1")).await;
    assert_eq!((stored.status, stored.visible_at), (RequestStatus::Pending, stage.now()));
    assert_eq!(stored.process_after, Some(stage.now()));
    assert_eq!((stored.attempt, stored.tries), (1, 0));
    assert_eq!((stored.ttl, stored.result, stored.error, stored.checkpoint), (None, None, None, None));
    assert_eq!((stored.progress, stored.progress_message, stored.progress_details), (None, None, None));
    assert_eq!((stored.worker, stored.lease_id, stored.lease_until), (None, None, None));
    assert_eq!((stored.processing_started, stored.processing_ended), (None, None));
    assert_eq!(stage.queue().dequeue(1, "w-2", LEASE).await.unwrap()[0].request.attempt, 2);
}

async fn requeue_is_refused_while_open(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;

    let (from, to) = (RequestStatus::Processing, RequestStatus::Pending);
    let kind = refused(stage.queue().requeue(claimed.lease.key()).await);

    assert_eq!(kind, ErrorKind::IllegalTransition { from, to });
}

async fn update_status_cancels_and_requeues_and_nothing_else(stage: Stage) {
    let key = stage.enqueued("r-1").await;
    for to in
        [RequestStatus::Processing, RequestStatus::Completed, RequestStatus::Failed, RequestStatus::Retrying]
    {
        let from = RequestStatus::Pending;
        let kind = refused(stage.queue().update_status(&key, to).await);
        assert_eq!(kind, ErrorKind::IllegalTransition { from, to });
    }

    stage.queue().update_status(&key, RequestStatus::Cancelled).await.unwrap();
    stage.queue().update_status(&key, RequestStatus::Pending).await.unwrap();

    assert_eq!(stage.status(&key).await, RequestStatus::Pending);
    stage.queue().claim(&key, "w-1", LEASE).await.unwrap();
    let kind = refused(stage.queue().update_status(&key, RequestStatus::Pending).await);
    assert!(matches!(kind, ErrorKind::IllegalTransition { .. }));
}

async fn delete_removes_what_has_ended(stage: Stage) {
    let key = stage.completed("r-1").await;

    stage.queue().delete(&key).await.unwrap();
    stage.queue().delete(&key).await.unwrap();

    assert_eq!(refused(stage.queue().get_consistent(&key).await), ErrorKind::NotFound);
    assert!(!stage.queue().enqueue(submission("r-1")).await.unwrap().is_replay);
}

async fn delete_is_refused_while_open(stage: Stage) {
    let key = stage.enqueued("r-1").await;

    assert!(matches!(refused(stage.queue().delete(&key).await), ErrorKind::IllegalTransition { .. }));
    assert_eq!(stage.status(&key).await, RequestStatus::Pending);
}

async fn an_ended_request_is_gone_after_seven_days(stage: Stage) {
    let key = stage.completed("r-1").await;
    let open = stage.enqueued("open").await;

    stage.clock.advance(ENDED_TIME_TO_LIVE);

    assert_eq!(refused(stage.queue().get_consistent(&key).await), ErrorKind::NotFound);
    assert_eq!(refused(stage.queue().requeue(&key).await), ErrorKind::NotFound);
    assert_eq!(stage.status(&open).await, RequestStatus::Pending);
    // Its id is free again, for whatever it may be.
    let other = Submission::new("acme", "ann", "echo").id("r-1");
    assert!(!stage.queue().enqueue(other).await.unwrap().is_replay);
}

async fn reap_fails_what_is_used_up_and_nothing_else(stage: Stage) {
    for (id, retries) in [("used-up", 0), ("has-tries", 1), ("held", 0)] {
        stage.queue().enqueue(submission(id).max_retries(retries)).await.unwrap();
    }
    for id in ["used-up", "has-tries"] {
        stage.queue().claim(&key(id), "w-1", LEASE).await.unwrap();
    }
    stage.clock.advance(crate::stage::PAST_LEASE);
    stage.queue().claim(&key("held"), "w-1", LEASE).await.unwrap();

    assert_eq!(stage.queue().for_tenant("other").reap().await.unwrap(), 0);
    assert_eq!(stage.queue().reap().await.unwrap(), 1);
    assert_eq!(stage.queue().reap().await.unwrap(), 0);

    assert_eq!(stage.status(&key("used-up")).await, RequestStatus::Failed);
    assert_eq!(stage.status(&key("has-tries")).await, RequestStatus::Processing);
    assert_eq!(stage.status(&key("held")).await, RequestStatus::Processing);
}

async fn nothing_is_found_where_nothing_is(stage: Stage) {
    let (queue, none) = (stage.queue(), key("none"));

    assert_eq!(refused(queue.get(&none).await), ErrorKind::NotFound);
    assert_eq!(refused(queue.cancel(&none).await), ErrorKind::NotFound);
    assert_eq!(refused(queue.requeue(&none).await), ErrorKind::NotFound);
    assert_eq!(refused(queue.update_status(&none, RequestStatus::Failed).await), ErrorKind::NotFound);
    queue.delete(&none).await.unwrap();
}

async fn a_request_of_another_tenant_is_not_found(stage: Stage) {
    let key = stage.enqueued("r-1").await;
    let other = stage.queue().for_tenant("other");

    assert_eq!(refused(other.get(&key).await), ErrorKind::NotFound);
    assert_eq!(refused(other.claim(&key, "w-1", LEASE).await), ErrorKind::NotFound);
    assert_eq!(refused(other.cancel(&key).await), ErrorKind::NotFound);
    assert_eq!(refused(other.requeue(&key).await), ErrorKind::NotFound);
    assert_eq!(refused(other.delete(&key).await), ErrorKind::NotFound);
    assert_eq!(stage.status(&key).await, RequestStatus::Pending);
}
