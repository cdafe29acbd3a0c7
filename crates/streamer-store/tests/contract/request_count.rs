//! What each operation costs in requests and in capacity units.

use dynamorm::transport::Operation;
use streamer_store::{AsyncRequest, DEFAULT_SHARDS, Progress};

use crate::{
    claim::claims,
    stage::{LEASE, Stage, failure, json, key, submission},
};

claims![
    of_a_life_is_one_a_step,
    of_a_life_is_twelve_capacity_units,
    of_a_dequeue_without_rivals_is_bounded_by_the_shards_and_what_it_claims,
    of_a_dequeue_are_no_more_than_what_it_claims_takes,
    of_a_dequeue_does_not_grow_with_what_has_ended,
    of_a_list_is_two_a_page,
];

/// How many requests have ended before a dequeue.
const ENDED: u32 = 10_000;

async fn of_a_life_is_one_a_step(stage: Stage) {
    let queue = stage.queue();
    let sent = || stage.recording.take_operations();

    queue.enqueue(submission("r-1").max_retries(9)).await.unwrap();
    assert_eq!(sent(), [Operation::PutItem]);
    let claimed = queue.claim(&key("r-1"), "w-1", LEASE).await.unwrap();
    assert_eq!(sent(), [Operation::UpdateItem]);
    queue.heartbeat(&claimed.lease, LEASE).await.unwrap();
    assert_eq!(sent(), [Operation::UpdateItem]);
    queue.update_progress(&claimed.lease, Progress { percentage: 5, ..Progress::default() }).await.unwrap();
    assert_eq!(sent(), [Operation::UpdateItem]);
    queue.release(&claimed.lease).await.unwrap();
    assert_eq!(sent(), [Operation::UpdateItem]);
    let claimed = queue.claim(&key("r-1"), "w-1", LEASE).await.unwrap();
    queue.retry(&claimed, failure(), Some(std::time::Duration::ZERO)).await.unwrap();
    assert_eq!(sent(), [Operation::UpdateItem; 2]);
    let claimed = queue.claim(&key("r-1"), "w-1", LEASE).await.unwrap();
    queue.complete(&claimed.lease, json("{}")).await.unwrap();
    assert_eq!(sent(), [Operation::UpdateItem; 2]);
    queue.requeue(&key("r-1")).await.unwrap();
    assert_eq!(sent(), [Operation::GetItem, Operation::UpdateItem]);
    queue.cancel(&key("r-1")).await.unwrap();
    assert_eq!(sent(), [Operation::UpdateItem]);
    queue.delete(&key("r-1")).await.unwrap();
    assert_eq!(sent(), [Operation::DeleteItem]);
}

async fn of_a_life_is_twelve_capacity_units(stage: Stage) {
    let queue = stage.queue();
    let units = || stage.recording.take().iter().map(|call| call.capacity).sum::<Option<f64>>();

    queue.enqueue(submission("r-1")).await.unwrap();
    // The item, and its entry in each of three indexes.
    assert_eq!(units(), Some(4.0));
    let claimed = queue.claim(&key("r-1"), "w-1", LEASE).await.unwrap();
    // The item; `status-index` has it at another instant: one entry goes, one comes.
    assert_eq!(units(), Some(3.0));
    queue.complete(&claimed.lease, json(r#"{"done":true}"#)).await.unwrap();
    // The same, and `ttl`, which the other two indexes carry.
    assert_eq!(units(), Some(5.0));

    let claimed = stage.claimed("r-2", "w-1").await;
    stage.clock.advance(std::time::Duration::from_secs(10));
    stage.recording.take();
    queue.heartbeat(&claimed.lease, LEASE).await.unwrap();
    assert_eq!(units(), Some(3.0));
    queue.update_progress(&claimed.lease, Progress { percentage: 5, ..Progress::default() }).await.unwrap();
    // The item alone: a progress touches no index.
    assert_eq!(units(), Some(1.0));
}

async fn of_a_dequeue_without_rivals_is_bounded_by_the_shards_and_what_it_claims(stage: Stage) {
    for number in 0..5 {
        stage.enqueued(&format!("r-{number}")).await;
    }
    stage.recording.take();

    assert_eq!(stage.queue().dequeue(9, "w-1", LEASE).await.unwrap().len(), 5);

    let shards = usize::try_from(DEFAULT_SHARDS).unwrap();
    assert!(stage.recording.take().len() <= 3 * shards + 5);
}

async fn of_a_dequeue_are_no_more_than_what_it_claims_takes(stage: Stage) {
    let queue = stage.stores.clone().with_shards(1).requests();
    for number in 0..20 {
        queue.enqueue(submission(&number.to_string())).await.unwrap();
    }
    stage.recording.take();

    // As many as a page holds: its last request is the last that is wanted.
    let claimed = queue.dequeue(16, "w-1", LEASE).await.unwrap();

    let sent = stage.recording.take_operations();
    let queries = sent.iter().filter(|operation| **operation == Operation::Query).count();
    assert_eq!((claimed.len(), sent.len() - queries), (16, 16));
    // The priority that has none, and the one that has them.
    assert_eq!(queries, 2);
}

async fn of_a_dequeue_does_not_grow_with_what_has_ended(stage: Stage) {
    let read = |stage: &Stage| {
        let calls = stage.recording.take();
        let queries = calls.iter().filter(|call| call.operation == Operation::Query);
        queries.fold((0, 0), |(scanned, bytes), call| {
            (scanned + call.scanned.unwrap_or_default(), bytes + call.answer_bytes)
        })
    };
    stage.recording.take();
    stage.queue().dequeue(1, "w-1", LEASE).await.unwrap();
    let (scanned, bytes) = read(&stage);
    let ended = stage.stored(&stage.completed("r-0").await).await;
    let copy = |number: u32| {
        let status_shard = format!("COMPLETED#{:02}", number % DEFAULT_SHARDS);
        AsyncRequest { request_id: format!("r-{number}"), status_shard, ..ended.clone() }
    };
    let copies: Vec<_> = (1..ENDED).map(copy).collect();
    for part in copies.chunks(500) {
        stage.stores.db().batch_write().put_all(part).await.unwrap().complete().unwrap();
    }
    stage.recording.take();

    stage.queue().dequeue(1, "w-1", LEASE).await.unwrap();

    assert!(scanned == 0 && bytes > 0);
    assert_eq!(read(&stage), (scanned, bytes));
}

async fn of_a_list_is_two_a_page(stage: Stage) {
    for number in 0..5 {
        stage.queue().enqueue(submission(&format!("r-{number}")).connection("c-1")).await.unwrap();
    }
    stage.recording.take();

    stage.queue().by_connection("c-1").page().await.unwrap();

    assert_eq!(stage.recording.take_operations(), [Operation::Query, Operation::BatchGetItem]);
}
