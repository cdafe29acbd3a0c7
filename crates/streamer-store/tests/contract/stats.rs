//! How many requests there are, and how late the work is.

use std::time::Duration;

use dynamorm::transport::Operation;
use streamer_store::{DEFAULT_SHARDS, Priority, QueueStats, RequestStatus, Submission};

use crate::{
    claim::claims,
    stage::{LEASE, Stage, failure, key, submission},
};

claims![
    count_each_status,
    count_by_shard,
    name_the_oldest_that_is_due,
    tell_which_leases_are_about_to_end,
    of_a_tenant_queue_leave_those_of_others,
    of_an_empty_queue_are_zeros,
    are_read_page_by_page_from_the_index_alone,
    of_open_requests_read_nothing_of_what_has_ended,
];

async fn stats(stage: &Stage) -> QueueStats {
    stage.queue().stats().await.unwrap()
}

async fn count_each_status(stage: Stage) {
    for (number, priority) in (0..).zip(Priority::ALL) {
        stage.queue().enqueue(submission(&format!("waits-{number}")).priority(priority)).await.unwrap();
    }
    for number in 0..2 {
        stage.completed(&format!("done-{number}")).await;
    }
    stage.claimed("runs", "w-1").await;
    let again = stage.claimed("again", "w-1").await;
    stage.queue().retry(&again, failure(), None).await.unwrap();
    let failed = stage.claimed("failed", "w-1").await;
    stage.queue().fail(&failed.lease, failure()).await.unwrap();
    let cancelled = stage.enqueued("cancelled").await;
    stage.queue().cancel(&cancelled).await.unwrap();

    let stats = stats(&stage).await;

    let counts = RequestStatus::ALL.map(|status| (status, stats.count(status)));
    assert_eq!(
        counts,
        [
            (RequestStatus::Pending, 3),
            (RequestStatus::Processing, 1),
            (RequestStatus::Completed, 2),
            (RequestStatus::Failed, 1),
            (RequestStatus::Cancelled, 1),
            (RequestStatus::Retrying, 1),
        ]
    );
}

async fn count_by_shard(stage: Stage) {
    for number in 0..40 {
        stage.enqueued(&format!("r-{number}")).await;
    }

    let stats = stats(&stage).await;

    let shards: Vec<u32> = stats.shards.iter().map(|shard| shard.shard).collect();
    assert_eq!(shards, (0..DEFAULT_SHARDS).collect::<Vec<_>>());
    // `acme/r-1` is in this one for ever.
    assert!(stats.shards[6].pending >= 1);
    assert!(stats.shards.iter().filter(|shard| shard.pending > 0).count() > 4);
    assert_eq!(stats.count(RequestStatus::Pending), 40);
}

async fn name_the_oldest_that_is_due(stage: Stage) {
    let later = stage.now().checked_add(Duration::from_secs(60)).unwrap();
    stage.queue().enqueue(submission("later").process_after(later)).await.unwrap();
    assert_eq!(stats(&stage).await.oldest_due, None);

    let first = stage.now();
    stage.enqueued("first").await;
    stage.clock.advance(Duration::from_secs(1));
    stage.enqueued("second").await;

    assert_eq!(stats(&stage).await.oldest_due, Some(first));
    stage.queue().claim(&key("first"), "w-1", LEASE).await.unwrap();
    assert_eq!(stats(&stage).await.oldest_due, first.checked_add(Duration::from_secs(1)));
}

async fn tell_which_leases_are_about_to_end(stage: Stage) {
    stage.claimed("runs", "w-1").await;
    stage.enqueued("waits").await;
    let ending = async |span| {
        let stats = stage.queue().stats().leases_ending_within(Duration::from_secs(span));
        stats.await.unwrap().leases_ending
    };

    assert_eq!((ending(29).await, ending(30).await), (0, 1));
    stage.clock.advance(Duration::from_secs(20));
    assert_eq!((stats(&stage).await.leases_ending, ending(9).await), (1, 0));
    stage.clock.advance(Duration::from_secs(60));
    assert_eq!(ending(0).await, 1);
}

async fn of_a_tenant_queue_leave_those_of_others(stage: Stage) {
    stage.enqueued("r-1").await;
    stage.queue().enqueue(Submission::new("other", "ann", "echo").id("r-2")).await.unwrap();

    let stats = stage.queue().for_tenant("acme").stats().await.unwrap();

    assert_eq!(stats.count(RequestStatus::Pending), 1);
}

async fn of_an_empty_queue_are_zeros(stage: Stage) {
    let stats = stats(&stage).await;

    assert_eq!(RequestStatus::ALL.map(|status| stats.count(status)), [0; 6]);
    assert_eq!((stats.oldest_due, stats.leases_ending), (None, 0));
}

async fn are_read_page_by_page_from_the_index_alone(stage: Stage) {
    stage.completed("done").await;
    stage.enqueued("waits").await;
    stage.recording.take();
    let mut reading = stage.queue().stats();
    let mut pages = 1;
    while reading.read_page().await.unwrap() {
        pages += 1;
    }

    assert_eq!(stage.recording.take_operations(), vec![Operation::Query; pages]);
    assert_eq!(pages, 6 * usize::try_from(DEFAULT_SHARDS).unwrap());
    assert_eq!(reading.stats(), &stats(&stage).await);
    assert!(!reading.read_page().await.unwrap());
}

async fn of_open_requests_read_nothing_of_what_has_ended(stage: Stage) {
    stage.completed("done").await;
    stage.enqueued("waits").await;
    stage.claimed("runs", "w-1").await;
    stage.recording.take();

    let stats = stage.queue().stats().of_open().await.unwrap();

    assert_eq!(stage.recording.count(), 3 * usize::try_from(DEFAULT_SHARDS).unwrap());
    let counts = RequestStatus::ALL.map(|status| stats.count(status));
    assert_eq!(counts, [1, 1, 0, 0, 0, 0]);
    assert!(stats.oldest_due.is_some());
}
