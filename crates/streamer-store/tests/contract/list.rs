use std::time::Duration;

use streamer_store::{AsyncRequest, ErrorKind, RequestKey, Submission};

use crate::{
    claim::claims,
    stage::{Stage, refused, submission},
};

claims![
    gives_the_newest_first,
    pages_give_every_request_once,
    a_cursor_of_another_list_is_refused,
    of_a_user_gives_no_ones_elses,
    of_a_tenant_queue_leaves_those_of_others,
    of_an_id_that_cannot_be_any_is_refused,
    of_keys_says_of_each_what_is_known,
    of_keys_of_another_tenant_is_refused,
];

/// Five requests of Ann on one connection, a second apart, one of Bob, and one of Ann in another tenant.
async fn stored(stage: &Stage) {
    for number in 0..5 {
        stage.queue().enqueue(submission(&format!("r-{number}")).connection("c-1")).await.unwrap();
        stage.clock.advance(Duration::from_secs(1));
    }
    stage.queue().enqueue(Submission::new("acme", "bob", "echo").id("bob").connection("c-2")).await.unwrap();
    stage.clock.advance(Duration::from_secs(1));
    stage
        .queue()
        .enqueue(Submission::new("other", "ann", "echo").id("other").connection("c-1"))
        .await
        .unwrap();
}

fn ids(requests: &[AsyncRequest]) -> Vec<&str> {
    requests.iter().map(|request| request.request_id.as_str()).collect()
}

async fn gives_the_newest_first(stage: Stage) {
    stored(&stage).await;

    let of_connection = stage.queue().by_connection("c-1").take(9).await.unwrap();
    let of_user = stage.queue().by_user("ann").take(3).await.unwrap();
    let of_tenant = stage.queue().by_tenant("acme").stream().unwrap().collect_up_to(9).await.unwrap();

    assert_eq!(ids(&of_connection), ["other", "r-4", "r-3", "r-2", "r-1", "r-0"]);
    assert_eq!(ids(&of_user), ["other", "r-4", "r-3"]);
    assert_eq!(ids(&of_tenant), ["bob", "r-4", "r-3", "r-2", "r-1", "r-0"]);
    // Whole requests, though the index carries their keys alone.
    assert_eq!(of_connection[1], stage.stored(&crate::stage::key("r-4")).await);
}

async fn pages_give_every_request_once(stage: Stage) {
    stored(&stage).await;
    let (mut seen, mut after) = (Vec::new(), None);
    for _ in 0..9 {
        let page = stage.queue().by_connection("c-1").page_size(2).after(after).page().await.unwrap();
        seen.extend(ids(&page.items).into_iter().map(str::to_owned));
        after = page.next;
        if after.is_none() {
            break;
        }
    }

    assert_eq!(seen, ["other", "r-4", "r-3", "r-2", "r-1", "r-0"]);
}

async fn a_cursor_of_another_list_is_refused(stage: Stage) {
    stored(&stage).await;
    let page = stage.queue().by_connection("c-1").page_size(1).page().await.unwrap();

    let other = stage.queue().by_user("ann").after(page.next).page().await;

    assert_eq!(refused(other), ErrorKind::Cursor);
}

async fn of_a_user_gives_no_ones_elses(stage: Stage) {
    stored(&stage).await;

    assert_eq!(ids(&stage.queue().by_user("bob").take(9).await.unwrap()), ["bob"]);
    assert_eq!(ids(&stage.queue().by_user("carl").take(9).await.unwrap()), [""; 0]);
}

async fn of_a_tenant_queue_leaves_those_of_others(stage: Stage) {
    stored(&stage).await;
    let queue = stage.queue().for_tenant("acme");

    assert_eq!(ids(&queue.by_connection("c-1").take(9).await.unwrap()), ["r-4", "r-3", "r-2", "r-1", "r-0"]);
    assert_eq!(ids(&queue.by_user("ann").take(2).await.unwrap()), ["r-4", "r-3"]);
    assert_eq!(queue.by_tenant("acme").take(9).await.unwrap().len(), 6);
    assert_eq!(refused(queue.by_tenant("other").take(9).await), ErrorKind::NotFound);
}

async fn of_an_id_that_cannot_be_any_is_refused(stage: Stage) {
    for kind in [
        refused(stage.queue().by_user("").take(1).await),
        refused(stage.queue().by_connection("x".repeat(600)).page().await),
        refused(stage.queue().by_tenant("").page().await),
    ] {
        assert!(matches!(kind, ErrorKind::Validation { .. }), "{kind:?}");
    }
}

async fn of_keys_says_of_each_what_is_known(stage: Stage) {
    stored(&stage).await;
    let keys = ["r-4", "gone", "r-0", "r-4"].map(crate::stage::key);

    let read = stage.queue().get_many(&keys).await.unwrap();

    assert_eq!(ids(&read.found), ["r-4", "r-0"]);
    assert_eq!(read.missing, [crate::stage::key("gone")]);
    assert_eq!(read.unread, []);
}

async fn of_keys_of_another_tenant_is_refused(stage: Stage) {
    stored(&stage).await;

    let read = stage.queue().for_tenant("acme").get_many(&[RequestKey::new("other", "other")]).await;

    assert_eq!(refused(read), ErrorKind::NotFound);
}
