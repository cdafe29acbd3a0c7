//! The requests of one status, over all shards.

use std::{collections::BTreeSet, time::Duration};

use dynamorm::{testing::Fault, transport::Operation};
use streamer_store::{
    AsyncRequest, DEFAULT_SHARDS, ErrorKind, Priority, RequestQueue, RequestStatus, StoreFactory,
};

use crate::{
    claim::claims,
    stage::{LEASE, Stage, failure, key, refused, submission},
};

claims![
    gives_the_oldest_first_over_all_shards,
    tells_the_open_statuses_apart,
    gives_what_ended_in_the_order_of_the_ends,
    pages_give_every_request_once,
    pages_give_every_request_of_one_instant_once,
    a_page_holds_as_many_as_asked_for,
    leaves_out_what_changed_since_it_was_read,
    of_a_tenant_queue_leaves_those_of_others,
    is_empty_where_nothing_is,
    a_cursor_of_another_list_is_refused,
    a_cursor_that_was_changed_is_refused,
    a_sealed_cursor_shows_nothing,
    costs_a_query_a_partition,
];

/// So many requests wait, a second apart; what is due first has the greatest number.
async fn waiting(stage: &Stage, count: u64) {
    let priority = |number| Priority::ALL[usize::try_from(number % 3).unwrap()];
    for number in 0..count {
        let due = stage.now().checked_add(Duration::from_secs(1000 - number)).unwrap();
        let submission = submission(&format!("r-{number}")).process_after(due).priority(priority(number));
        stage.queue().enqueue(submission).await.unwrap();
    }
}

fn ids(requests: &[AsyncRequest]) -> Vec<&str> {
    requests.iter().map(|request| request.request_id.as_str()).collect()
}

/// The ids of all pages of a status, page after page.
async fn pages(queue: &RequestQueue, status: RequestStatus, page_size: u32) -> Vec<Vec<String>> {
    let (mut pages, mut after) = (Vec::new(), None);
    for _ in 0..200 {
        let page = queue.by_status(status).page_size(page_size).after(after).page().await.unwrap();
        pages.push(ids(&page.items).into_iter().map(str::to_owned).collect());
        after = page.next;
        if after.is_none() {
            return pages;
        }
    }
    panic!("the pages do not end");
}

async fn gives_the_oldest_first_over_all_shards(stage: Stage) {
    waiting(&stage, 40).await;

    let listed = stage.queue().by_status(RequestStatus::Pending).take(35).await.unwrap();

    let expected: Vec<String> = (5..40).rev().map(|number| format!("r-{number}")).collect();
    assert_eq!(ids(&listed), expected);
    // Whole requests, though the index carries little of them.
    assert_eq!(listed[0], stage.stored(&key("r-39")).await);
}

async fn tells_the_open_statuses_apart(stage: Stage) {
    stage.enqueued("waits").await;
    stage.claimed("runs", "w-1").await;
    let failed = stage.claimed("failed", "w-1").await;
    stage.queue().retry(&failed, failure(), None).await.unwrap();
    stage.completed("done").await;

    for (status, expected) in [
        (RequestStatus::Pending, &["waits"][..]),
        (RequestStatus::Processing, &["runs"]),
        (RequestStatus::Retrying, &["failed"]),
        (RequestStatus::Completed, &["done"]),
        (RequestStatus::Failed, &[]),
        (RequestStatus::Cancelled, &[]),
    ] {
        let listed = stage.queue().by_status(status).take(9).await.unwrap();
        assert_eq!(ids(&listed), expected, "{status}");
        // Those of another status take no place on a page.
        let page = stage.queue().by_status(status).page_size(1).page().await.unwrap();
        assert_eq!(ids(&page.items), expected, "{status}");
    }
}

async fn gives_what_ended_in_the_order_of_the_ends(stage: Stage) {
    for number in 0..20 {
        stage.enqueued(&format!("r-{number}")).await;
    }
    for number in (0..20).rev() {
        stage.clock.advance(Duration::from_secs(1));
        stage.queue().cancel(&key(&format!("r-{number}"))).await.unwrap();
    }

    let listed = stage.queue().by_status(RequestStatus::Cancelled).take(20).await.unwrap();

    let expected: Vec<String> = (0..20).rev().map(|number| format!("r-{number}")).collect();
    assert_eq!(ids(&listed), expected);
}

async fn pages_give_every_request_once(stage: Stage) {
    waiting(&stage, 40).await;
    let expected: Vec<String> = (0..40).rev().map(|number| format!("r-{number}")).collect();

    for page_size in [1, 7, 40] {
        let seen = pages(&stage.queue(), RequestStatus::Pending, page_size).await.concat();
        assert_eq!(seen, expected, "pages of {page_size}");
    }
}

/// In one shard more than a request reads of it, and in 16.
async fn pages_give_every_request_of_one_instant_once(stage: Stage) {
    for shards in [1, DEFAULT_SHARDS] {
        let queue = stage.stores.clone().with_shards(shards).requests();
        for number in 0..45 {
            queue.enqueue(submission(&format!("{shards}-{number}")).priority(Priority::Low)).await.unwrap();
        }
        let expected: BTreeSet<String> = (0..45).map(|number| format!("{shards}-{number}")).collect();

        for page_size in [1, 10, 100] {
            let seen = pages(&queue, RequestStatus::Pending, page_size).await.concat();
            let seen: Vec<String> = seen.into_iter().filter(|id| expected.contains(id)).collect();
            assert_eq!(seen.len(), 45, "{shards} shards, pages of {page_size}: {seen:?}");
            assert_eq!(BTreeSet::from_iter(seen), expected);
        }
    }
}

async fn a_page_holds_as_many_as_asked_for(stage: Stage) {
    waiting(&stage, 10).await;

    let pages = pages(&stage.queue(), RequestStatus::Pending, 4).await;

    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [4, 4, 2]);
}

async fn leaves_out_what_changed_since_it_was_read(stage: Stage) {
    stage.enqueued("stays").await;
    let (cancelled, deleted) = (stage.enqueued("cancelled").await, stage.enqueued("deleted").await);
    let held = stage.faults.on(Operation::BatchGetItem).nth(1).inject(Fault::Held);
    let queue = stage.queue();
    let list = tokio::spawn(async move { queue.by_status(RequestStatus::Pending).page().await });
    while held.count() == 0 {
        tokio::task::yield_now().await;
    }

    for key in [&cancelled, &deleted] {
        stage.queue().cancel(key).await.unwrap();
    }
    stage.queue().delete(&deleted).await.unwrap();
    held.release();

    assert_eq!(ids(&list.await.unwrap().unwrap().items), ["stays"]);
}

async fn of_a_tenant_queue_leaves_those_of_others(stage: Stage) {
    for tenant in ["acme", "other"] {
        for number in 0..20 {
            let submission = streamer_store::Submission::new(tenant, "ann", "echo");
            stage.queue().enqueue(submission.id(format!("{tenant}-{number}"))).await.unwrap();
        }
    }
    let queue = stage.queue().for_tenant("other");

    let listed = queue.by_status(RequestStatus::Pending).take(99).await.unwrap();
    let paged = pages(&queue, RequestStatus::Pending, 3).await.concat();

    assert_eq!(listed.len(), 20);
    assert!(listed.iter().all(|request| request.tenant_id == "other"));
    assert_eq!(paged, ids(&listed));
}

async fn is_empty_where_nothing_is(stage: Stage) {
    for status in RequestStatus::ALL {
        let page = stage.queue().by_status(status).page().await.unwrap();
        assert!(page.items.is_empty() && page.next.is_none(), "{status}");
        assert_eq!(stage.queue().by_status(status).take(0).await.unwrap(), []);
    }
}

async fn a_cursor_of_another_list_is_refused(stage: Stage) {
    waiting(&stage, 5).await;
    let next = stage.queue().by_status(RequestStatus::Pending).page_size(2).page().await.unwrap().next;

    for other in [
        stage.queue().by_status(RequestStatus::Processing),
        stage.queue().for_tenant("acme").by_status(RequestStatus::Pending),
        stage.stores.clone().with_shards(4).requests().by_status(RequestStatus::Pending),
    ] {
        assert_eq!(refused(other.after(next.clone()).page().await), ErrorKind::Cursor);
    }
    let other = stage.queue().by_user("ann").after(next).page().await;
    assert_eq!(refused(other), ErrorKind::Cursor);
}

async fn a_cursor_that_was_changed_is_refused(stage: Stage) {
    waiting(&stage, 5).await;
    let page = stage.queue().by_status(RequestStatus::Pending).page_size(2).page().await.unwrap();
    let next = page.next.unwrap().to_string();

    let changed = next.char_indices().map(|(at, _)| format!("{}{}", &next[..at], &next[at + 1..]));
    for text in changed.chain(["".to_owned(), "x".repeat(100_000)]) {
        let list = stage.queue().by_status(RequestStatus::Pending).after(Some(text.into()));
        assert_eq!(refused(list.page().await), ErrorKind::Cursor);
    }
}

async fn a_sealed_cursor_shows_nothing(stage: Stage) {
    waiting(&stage, 5).await;
    let sealed = StoreFactory::from_db(stage.stores.db().clone().with_cursor_key([7; 32]));
    let list = |queue: RequestQueue| queue.by_status(RequestStatus::Pending).page_size(2);
    let plain = list(stage.queue()).page().await.unwrap().next.unwrap();
    let first = list(sealed.requests()).page().await.unwrap().next.unwrap();
    let second = list(sealed.requests()).page().await.unwrap().next.unwrap();

    assert_ne!(first, second);
    let rest = list(sealed.requests()).after(first).page().await.unwrap();
    assert_eq!(ids(&rest.items), ["r-2", "r-1"]);
    assert_eq!(refused(list(sealed.requests()).after(plain).page().await), ErrorKind::Cursor);
    assert_eq!(refused(list(stage.queue()).after(second).page().await), ErrorKind::Cursor);
}

async fn costs_a_query_a_partition(stage: Stage) {
    let shards = usize::try_from(DEFAULT_SHARDS).unwrap();
    for number in 0..20 {
        stage.completed(&format!("done-{number}")).await;
        stage.enqueued(&format!("waits-{number}")).await;
    }

    for (status, partitions) in [(RequestStatus::Completed, shards), (RequestStatus::Pending, 3 * shards)] {
        stage.recording.take();
        assert_eq!(stage.queue().by_status(status).page().await.unwrap().items.len(), 20);
        let sent = stage.recording.take_operations();
        assert_eq!(sent.iter().filter(|operation| **operation == Operation::Query).count(), partitions);
        assert_eq!(sent.len(), partitions + 1, "and one BatchGetItem");
    }
    stage.queue().claim(&key("waits-0"), "w-1", LEASE).await.unwrap();
    stage.recording.take();
    let page = stage.queue().by_status(RequestStatus::Processing).page().await.unwrap();
    assert_eq!((page.items.len(), stage.recording.take().len()), (1, 3 * shards + 1));
}
