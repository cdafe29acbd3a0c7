//! How the queue stands.

use std::time::Duration;

use dynamorm::{testing::Fault, transport::Operation};
use streamer_store::{RequestKey, Submission};

use crate::stage::{Stage, without_worker};

const OPEN: &str = "streamer_open_requests";

async fn enqueued(stage: &Stage, id: &str) -> RequestKey {
    let submission = Submission::new("t-1", "u-1", "steps").id(id);
    stage.stores.requests().enqueue(submission).await.unwrap().request.request_key()
}

#[tokio::test]
async fn is_shown_by_status_with_the_age_of_its_oldest() {
    let stage = Stage::with(without_worker).await;
    let requests = stage.stores.requests();
    let held = enqueued(&stage, "held").await;
    requests.claim(&held, "elsewhere", Duration::from_secs(60)).await.unwrap();
    let done = enqueued(&stage, "done").await;
    requests.cancel(&done).await.unwrap();
    for id in ["a", "b"] {
        enqueued(&stage, id).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;

    let scrape = stage.scrape().await;

    let open = |status| scrape.value(OPEN, &[("status", status)]);
    assert_eq!((open("pending"), open("processing"), open("retrying")), (Some(2.0), Some(1.0), Some(0.0)));
    let age = scrape.value("streamer_oldest_due_age_seconds", &[]).unwrap();
    assert!((0.2..10.0).contains(&age), "{age}");
    assert_eq!(scrape.value("streamer_leases_ending", &[]), Some(0.0));
}

#[tokio::test]
async fn is_read_once_however_often_it_is_scraped() {
    let stage = Stage::with(without_worker).await;
    stage.scrape().await;
    enqueued(&stage, "later").await;

    let scrapes = futures_util::future::join_all((0..5).map(|_| stage.scrape())).await;

    // Three partitions of one shard.
    for scrape in scrapes {
        let queries = [("operation", "Query"), ("outcome", "ok")];
        assert_eq!(scrape.value("streamer_engine_calls_total", &queries), Some(3.0));
        assert_eq!(scrape.value(OPEN, &[("status", "pending")]), Some(0.0));
    }
}

#[tokio::test]
async fn that_cannot_be_read_is_not_shown_and_the_rest_is() {
    let stage = Stage::with(without_worker).await;
    let failing = stage.faults.on(Operation::Query).inject(Fault::LostBefore);

    let scrape = stage.scrape().await;

    assert!(failing.count() > 0);
    assert_eq!(scrape.value(OPEN, &[("status", "pending")]), None);
    assert_eq!(scrape.value("streamer_oldest_due_age_seconds", &[]), None);
    assert_eq!(scrape.value("streamer_queue_readings_failed_total", &[]), Some(1.0));
    assert_eq!(scrape.value("streamer_connections", &[]), Some(0.0));
}

#[tokio::test]
async fn that_hangs_holds_a_scrape_up_for_five_seconds_and_the_next_one_not_at_all() {
    let stage = Stage::with(without_worker).await;
    let held = stage.faults.on(Operation::Query).inject(Fault::Held);

    let scraped = tokio::time::timeout(Duration::from_secs(8), stage.scrape()).await;
    let again = tokio::time::timeout(Duration::from_secs(1), stage.scrape()).await;

    assert_eq!(held.count(), 1);
    assert_eq!(scraped.unwrap().value("streamer_queue_readings_failed_total", &[]), Some(1.0));
    assert_eq!(again.unwrap().value("streamer_queue_readings_failed_total", &[]), Some(1.0));
}
