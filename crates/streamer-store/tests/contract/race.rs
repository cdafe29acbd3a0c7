//! Two callers at once, one of them held between what it read and what it writes.

use dynamorm::{testing::Fault, transport::Operation};
use streamer_store::{Connection, ErrorKind, RequestStatus};

use crate::{
    claim::claims,
    stage::{LEASE, PAST_LEASE, Stage, json, key, refused, submission},
};

claims![
    a_requeue_does_not_undo_a_life_that_began_meanwhile,
    a_used_up_request_that_was_requeued_meanwhile_is_not_failed,
    a_cancel_and_a_completion_leave_one_end,
    a_clean_up_keeps_a_connection_that_was_pinged_meanwhile,
    a_clean_up_of_one_tenant_keeps_a_connection_that_is_anothers_meanwhile,
];

async fn a_requeue_does_not_undo_a_life_that_began_meanwhile(stage: Stage) {
    let key = stage.completed("r-1").await;
    stage.clock.advance(std::time::Duration::from_secs(1));
    let held = stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::Held);
    let (queue, of) = (stage.queue(), key.clone());
    let slow = tokio::spawn(async move { queue.requeue(&of).await });
    while held.count() == 0 {
        tokio::task::yield_now().await;
    }

    stage.clock.advance(std::time::Duration::from_secs(1));
    stage.queue().requeue(&key).await.unwrap();
    let claimed = stage.queue().claim(&key, "w-2", LEASE).await.unwrap();
    stage.queue().complete(&claimed.lease, json(r#"{"life":2}"#)).await.unwrap();
    held.release();

    assert_eq!(refused(slow.await.unwrap()), ErrorKind::Conflict);
    assert_eq!(stage.stored(&key).await.result, Some(json(r#"{"life":2}"#)));
}

async fn a_used_up_request_that_was_requeued_meanwhile_is_not_failed(stage: Stage) {
    stage.queue().enqueue(submission("r-1").max_retries(0)).await.unwrap();
    stage.queue().claim(&key("r-1"), "w-1", LEASE).await.unwrap();
    stage.clock.advance(PAST_LEASE);
    let held = stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::Held);
    let queue = stage.queue();
    let slow = tokio::spawn(async move { queue.dequeue(1, "w-2", LEASE).await });
    while held.count() == 0 {
        tokio::task::yield_now().await;
    }

    stage.queue().cancel(&key("r-1")).await.unwrap();
    stage.queue().requeue(&key("r-1")).await.unwrap();
    held.release();
    slow.await.unwrap().unwrap();

    assert!(stage.status(&key("r-1")).await.is_open());
}

async fn a_cancel_and_a_completion_leave_one_end(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;
    let held = stage.faults.on(Operation::UpdateItem).nth(1).inject(Fault::Held);
    let (queue, lease) = (stage.queue(), claimed.lease.clone());
    let slow = tokio::spawn(async move { queue.complete(&lease, json("{}")).await });
    while held.count() == 0 {
        tokio::task::yield_now().await;
    }

    stage.queue().cancel(&key("r-1")).await.unwrap();
    held.release();

    assert_eq!(refused(slow.await.unwrap()), ErrorKind::Cancelled);
    let stored = stage.stored(&key("r-1")).await;
    assert_eq!((stored.status, stored.result), (RequestStatus::Cancelled, None));
}

async fn a_clean_up_keeps_a_connection_that_was_pinged_meanwhile(stage: Stage) {
    let connections = stage.stores.connections();
    let connection = Connection::new("c-1", "ann", "acme", "ws://127.0.0.1:8080/ws", stage.now());
    connections.create(&connection).await.unwrap();
    stage.clock.advance(std::time::Duration::from_secs(600));
    let held = stage.faults.on(Operation::DeleteItem).nth(1).inject(Fault::Held);
    let (cleaner, before) = (connections.clone(), stage.now());
    let slow = tokio::spawn(async move { cleaner.delete_stale(before).await });
    while held.count() == 0 {
        tokio::task::yield_now().await;
    }

    connections.update_last_ping("c-1").await.unwrap();
    held.release();
    let removal = slow.await.unwrap().unwrap();

    assert_eq!((removal.removed, removal.kept), (0, 1));
    assert!(connections.get_consistent("c-1").await.is_ok());
}

async fn a_clean_up_of_one_tenant_keeps_a_connection_that_is_anothers_meanwhile(stage: Stage) {
    let store = stage.stores.connections();
    let of = |tenant: &str| Connection::new("c-1", "ann", tenant, "ws://localhost/ws", stage.now());
    store.save(&of("acme")).await.unwrap();
    let held = stage.faults.on(Operation::DeleteItem).nth(1).inject(Fault::Held);
    let narrowed = store.for_tenant("acme");
    let slow = tokio::spawn(async move { narrowed.delete_all().await });
    while held.count() == 0 {
        tokio::task::yield_now().await;
    }

    store.save(&of("other")).await.unwrap();
    held.release();

    let removal = slow.await.unwrap().unwrap();
    assert_eq!((removal.removed, removal.kept), (0, 1));
    assert_eq!(store.get("c-1").await.unwrap().tenant_id, "other");
}
