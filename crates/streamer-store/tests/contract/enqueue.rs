use std::time::Duration;

use streamer_store::{ErrorKind, Priority, RequestStatus, Submission};

use crate::{
    claim::claims,
    stage::{LEASE, Stage, json, key, refused, submission},
};

claims![
    stores_a_request_that_waits,
    gives_an_id_of_its_own,
    of_the_same_submission_is_a_replay_whatever_became_of_it,
    of_another_payload_under_the_same_id_is_refused,
    of_another_action_under_the_same_id_is_refused,
    keeps_the_ids_of_tenants_apart,
    keeps_a_payload_of_any_form,
    refuses_ids_that_cannot_be_any,
    refuses_a_request_of_another_tenant_than_the_queues,
    of_later_is_not_due_before,
];

async fn stores_a_request_that_waits(stage: Stage) {
    let enqueued = stage.queue().enqueue(submission("r-1").connection("c-1")).await.unwrap();

    assert!(!enqueued.is_replay);
    let stored = stage.stored(&key("r-1")).await;
    assert_eq!(stored, enqueued.request);
    assert_eq!((stored.status, stored.priority), (RequestStatus::Pending, Priority::Normal));
    assert_eq!((stored.created_at, stored.visible_at), (stage.now(), stage.now()));
    assert_eq!((stored.attempt, stored.tries, stored.max_retries, stored.ttl), (0, 0, 3, None));
}

async fn gives_an_id_of_its_own(stage: Stage) {
    let queue = stage.queue();
    let submit = || queue.enqueue(Submission::new("acme", "ann", "echo"));

    let (first, second) = (submit().await.unwrap().request, submit().await.unwrap().request);

    assert_eq!(first.request_id.len(), 36);
    assert_ne!(first.request_id, second.request_id);
}

async fn of_the_same_submission_is_a_replay_whatever_became_of_it(stage: Stage) {
    let key = stage.completed("r-1").await;

    // The same payload, written otherwise.
    let again = stage.queue().enqueue(submission("r-1").payload(json(r#"{ "to" : 3 }"#))).await.unwrap();

    assert!(again.is_replay);
    assert_eq!(again.request, stage.stored(&key).await);
    assert_eq!(again.request.status, RequestStatus::Completed);
}

async fn of_another_payload_under_the_same_id_is_refused(stage: Stage) {
    stage.enqueued("r-1").await;

    let other = stage.queue().enqueue(submission("r-1").payload(json(r#"{"to":4}"#))).await;

    assert_eq!(refused(other), ErrorKind::AlreadyExists);
    assert_eq!(stage.stored(&key("r-1")).await.payload, json(r#"{"to":3}"#));
}

async fn of_another_action_under_the_same_id_is_refused(stage: Stage) {
    stage.enqueued("r-1").await;

    let other = Submission::new("acme", "ann", "echo").id("r-1").payload(json(r#"{"to":3}"#));

    assert_eq!(refused(stage.queue().enqueue(other).await), ErrorKind::AlreadyExists);
}

async fn keeps_the_ids_of_tenants_apart(stage: Stage) {
    stage.enqueued("1").await;

    let other = stage.queue().enqueue(Submission::new("other", "ann", "echo").id("1")).await.unwrap();

    assert!(!other.is_replay);
    assert_eq!(stage.stored(&key("1")).await.action, "count");
}

async fn keeps_a_payload_of_any_form(stage: Stage) {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100));
    let long = format!(r#"{{"text":"{}"}}"#, "long ".repeat(50_000));
    for (id, payload) in [("deep", json(&deep)), ("long", json(&long)), ("empty", json("{}"))] {
        stage.queue().enqueue(submission(id).payload(payload.clone())).await.unwrap();

        assert_eq!(stage.stored(&key(id)).await.payload, payload);
    }
}

async fn refuses_ids_that_cannot_be_any(stage: Stage) {
    let long = "x".repeat(129);
    for submission in [
        submission(""),
        submission(&long),
        submission("r").connection(""),
        Submission::new("", "ann", "echo"),
        Submission::new("acme", "", "echo"),
        Submission::new("acme", "ann", ""),
    ] {
        assert!(matches!(refused(stage.queue().enqueue(submission).await), ErrorKind::Validation { .. }));
    }
    stage.queue().enqueue(submission(&"é".repeat(128))).await.unwrap();
}

async fn refuses_a_request_of_another_tenant_than_the_queues(stage: Stage) {
    let narrowed = stage.queue().for_tenant("other");

    let kind = refused(narrowed.enqueue(submission("r-1")).await);

    assert_eq!(kind, ErrorKind::Validation { field: "tenant_id" });
}

async fn of_later_is_not_due_before(stage: Stage) {
    let minute = Duration::from_secs(60);
    let after = stage.now().checked_add(minute).unwrap();
    stage.queue().enqueue(submission("r-1").process_after(after)).await.unwrap();

    assert_eq!(refused(stage.queue().claim(&key("r-1"), "w-1", LEASE).await), ErrorKind::Conflict);
    assert_eq!(stage.queue().dequeue(1, "w-1", LEASE).await.unwrap(), []);
    stage.clock.advance(minute);
    assert_eq!(stage.queue().dequeue(1, "w-1", LEASE).await.unwrap().len(), 1);
}
