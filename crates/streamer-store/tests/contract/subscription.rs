use std::collections::BTreeSet;

use dynamorm::{testing::Fault, transport::Operation};
use streamer_store::{
    Connection, ErrorKind, EventType, RequestKey, RequestStatus, SUBSCRIPTION_TIME_TO_LIVE, Submission,
    Subscription,
};

use crate::{
    claim::claims,
    stage::{Stage, json, key, refused, submission},
};

claims![
    is_found_by_its_connection_and_by_its_request,
    of_the_same_connection_and_request_is_one,
    is_gone_when_it_is_taken_back,
    that_was_made_anew_is_not_removed_for_the_one_that_was_read,
    without_an_event_type_or_with_an_unknown_one_is_refused,
    is_given_to_those_who_want_an_event_type,
    is_made_if_connection_and_request_are_there,
    is_counted,
    expires_after_seven_days,
    keeps_requests_of_one_id_apart_by_tenant,
    of_another_tenant_is_not_replaced,
    of_a_connection_are_all_removed,
    that_cannot_be_removed_are_told,
    are_removed_with_their_connection,
    comes_with_its_request_or_not_at_all,
    of_a_replay_is_written_alone,
    costs_what_it_says,
];

fn subscription(stage: &Stage, connection: &str, id: &str) -> Subscription {
    Subscription::new(connection, &key(id), "ann", [EventType::All], stage.now())
}

async fn subscribed(stage: &Stage, connection: &str, id: &str) {
    stage.stores.subscriptions().subscribe(&subscription(stage, connection, id)).await.unwrap();
}

fn requests(subscriptions: &[Subscription]) -> Vec<&str> {
    subscriptions.iter().map(|subscription| subscription.request_id.as_str()).collect()
}

async fn is_found_by_its_connection_and_by_its_request(stage: Stage) {
    let store = stage.stores.subscriptions();
    for (connection, id) in [("c-1", "r-1"), ("c-1", "r-2"), ("c-2", "r-1")] {
        subscribed(&stage, connection, id).await;
        stage.clock.advance(std::time::Duration::from_secs(1));
    }

    let of_connection = store.by_connection("c-1").take(9).await.unwrap();
    let of_request = store.by_request(key("r-1")).stream().unwrap().collect_up_to(9).await.unwrap();

    assert_eq!(requests(&of_connection), ["r-1", "r-2"]);
    let connections: Vec<_> = of_request.iter().map(|found| found.connection_id.as_str()).collect();
    assert_eq!(connections, ["c-1", "c-2"]);
}

async fn of_the_same_connection_and_request_is_one(stage: Stage) {
    let store = stage.stores.subscriptions();
    subscribed(&stage, "c-1", "r-1").await;

    let again = Subscription::new("c-1", &key("r-1"), "ann", [EventType::Failed], stage.now());
    store.subscribe(&again).await.unwrap();

    assert_eq!(store.by_connection("c-1").take(9).await.unwrap(), [again]);
}

async fn is_gone_when_it_is_taken_back(stage: Stage) {
    let store = stage.stores.subscriptions();
    subscribed(&stage, "c-1", "r-1").await;

    assert!(store.unsubscribe("c-1", "r-1").await.unwrap());
    assert!(!store.unsubscribe("c-1", "r-1").await.unwrap());
    assert_eq!(store.by_request(key("r-1")).take(9).await.unwrap(), []);
}

async fn that_was_made_anew_is_not_removed_for_the_one_that_was_read(stage: Stage) {
    let store = stage.stores.subscriptions();
    let read = subscription(&stage, "c-1", "r-1");
    store.subscribe(&read).await.unwrap();
    stage.clock.advance(std::time::Duration::from_nanos(1));
    let anew = subscription(&stage, "c-1", "r-1");
    store.subscribe(&anew).await.unwrap();

    assert!(!store.remove(&read).await.unwrap());
    assert_eq!(store.by_connection("c-1").consistent().take(9).await.unwrap(), std::slice::from_ref(&anew));
    assert!(store.remove(&anew).await.unwrap());
    assert!(!store.remove(&anew).await.unwrap());
}

async fn without_an_event_type_or_with_an_unknown_one_is_refused(stage: Stage) {
    let store = stage.stores.subscriptions();
    let none = Subscription { event_types: BTreeSet::new(), ..subscription(&stage, "c-1", "r-1") };
    let unknown = Subscription {
        event_types: BTreeSet::from(["finished".to_owned()]),
        ..subscription(&stage, "c-1", "r-1")
    };

    for wrong in [none, unknown] {
        assert_eq!(refused(store.subscribe(&wrong).await), ErrorKind::Validation { field: "event_types" });
    }
    let nameless = subscription(&stage, "", "r-1");
    assert_eq!(refused(store.subscribe(&nameless).await), ErrorKind::Validation { field: "connection_id" });
}

async fn is_given_to_those_who_want_an_event_type(stage: Stage) {
    let store = stage.stores.subscriptions();
    for (connection, wants) in [
        ("progress", vec![EventType::Progress]),
        ("ends", vec![EventType::Completed, EventType::Failed]),
        ("all", vec![EventType::All]),
    ] {
        let subscription = Subscription::new(connection, &key("r-1"), "ann", wants, stage.now());
        store.subscribe(&subscription).await.unwrap();
    }

    let of = async |event_type| {
        let found = store.by_request(key("r-1")).wanting(event_type).take(9).await.unwrap();
        assert!(found.iter().all(|subscription| subscription.wants(event_type)));
        found.into_iter().map(|subscription| subscription.connection_id).collect::<BTreeSet<_>>()
    };

    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(of(EventType::Progress).await, named(&["all", "progress"]));
    assert_eq!(of(EventType::Failed).await, named(&["all", "ends"]));
    assert_eq!(of(EventType::All).await, named(&["all"]));
}

async fn connected(stage: &Stage, id: &str, tenant: &str) {
    let connection = Connection::new(id, "ann", tenant, "ws://127.0.0.1:8080/ws", stage.now());
    stage.stores.connections().create(&connection).await.unwrap();
}

async fn is_made_if_connection_and_request_are_there(stage: Stage) {
    let store = stage.stores.subscriptions();
    stage.enqueued("r-1").await;
    connected(&stage, "c-1", "acme").await;
    connected(&stage, "c-other", "other").await;

    store.subscribe_checked(&subscription(&stage, "c-1", "r-1")).await.unwrap();
    for (connection, id) in [("c-none", "r-1"), ("c-other", "r-1"), ("c-1", "r-none")] {
        let made = store.subscribe_checked(&subscription(&stage, connection, id)).await;
        assert_eq!(refused(made), ErrorKind::NotFound, "{connection} {id}");
    }

    assert_eq!(store.count_by_connection("c-1").await.unwrap(), 1);
    assert_eq!(store.count_by_connection("c-other").await.unwrap(), 0);
}

async fn is_counted(stage: Stage) {
    for number in 0..5 {
        subscribed(&stage, "c-1", &format!("r-{number}")).await;
    }

    let store = stage.stores.subscriptions();
    assert_eq!(store.count_by_connection("c-1").await.unwrap(), 5);
    assert_eq!(store.for_tenant("other").count_by_connection("c-1").await.unwrap(), 0);
}

async fn expires_after_seven_days(stage: Stage) {
    subscribed(&stage, "c-1", "r-1").await;

    stage.clock.advance(SUBSCRIPTION_TIME_TO_LIVE);

    assert_eq!(stage.stores.subscriptions().by_connection("c-1").take(9).await.unwrap(), []);
    assert_eq!(stage.stores.subscriptions().by_request(key("r-1")).take(9).await.unwrap(), []);
}

async fn keeps_requests_of_one_id_apart_by_tenant(stage: Stage) {
    let store = stage.stores.subscriptions();
    subscribed(&stage, "c-1", "1").await;
    let other = RequestKey::new("other", "1");
    store.subscribe(&Subscription::new("c-2", &other, "bob", [EventType::All], stage.now())).await.unwrap();

    assert_eq!(store.by_request(key("1")).take(9).await.unwrap().len(), 1);
    assert_eq!(store.by_request(other.clone()).take(9).await.unwrap()[0].user_id, "bob");
    let narrowed = store.for_tenant("acme");
    assert_eq!(refused(narrowed.by_request(other).take(9).await), ErrorKind::NotFound);
    assert!(!narrowed.unsubscribe("c-2", "1").await.unwrap());
    assert_eq!(narrowed.by_connection("c-2").take(9).await.unwrap(), []);
}

async fn of_another_tenant_is_not_replaced(stage: Stage) {
    let (store, other) = (stage.stores.subscriptions(), RequestKey::new("other", "r-1"));
    subscribed(&stage, "c-1", "r-1").await;
    connected(&stage, "c-1", "other").await;
    let submission = || Submission::new("other", "ann", "count").id("r-1").connection("c-1");
    stage.queue().enqueue(submission()).await.unwrap();
    let stolen = Subscription::new("c-1", &other, "ann", [EventType::All], stage.now());

    let narrowed = store.for_tenant("other");
    let queue = stage.queue().for_tenant("other");

    assert_eq!(refused(narrowed.subscribe(&stolen).await), ErrorKind::NotFound);
    assert_eq!(refused(narrowed.subscribe_checked(&stolen).await), ErrorKind::NotFound);
    let enqueued = queue.enqueue_and_subscribe(submission(), [EventType::All]).await;
    assert_eq!(refused(enqueued), ErrorKind::NotFound);
    let enqueued = queue.enqueue_and_subscribe(submission().id("r-2"), [EventType::All]).await;
    assert!(enqueued.is_ok());
    let kept = store.by_request(key("r-1")).take(9).await.unwrap();
    assert_eq!(requests(&kept), ["r-1"]);
}

async fn of_a_connection_are_all_removed(stage: Stage) {
    let store = stage.stores.subscriptions();
    for number in 0..60 {
        subscribed(&stage, "c-1", &format!("r-{number}")).await;
    }
    subscribed(&stage, "c-2", "r-1").await;

    let removed = store.delete_by_connection("c-1").await.unwrap();
    let again = store.delete_by_connection("c-1").await.unwrap();

    assert_eq!((removed.removed, removed.failed.len()), (60, 0));
    assert_eq!(again.removed, 0);
    assert_eq!(store.count_by_connection("c-2").await.unwrap(), 1);
}

async fn that_cannot_be_removed_are_told(stage: Stage) {
    let store = stage.stores.subscriptions();
    for number in 0..30 {
        subscribed(&stage, "c-1", &format!("r-{number:02}")).await;
    }
    stage.faults.on(Operation::BatchWriteItem).nth(2).inject(Fault::Denied);

    let first = store.delete_by_connection("c-1").await.unwrap();
    let second = store.delete_by_connection("c-1").await.unwrap();

    assert_eq!((first.removed, first.failed.len()), (25, 5));
    assert_eq!((second.removed, second.failed.len()), (5, 0));
    assert!(refused(first.complete()) == ErrorKind::Unavailable && second.complete().unwrap() == 5);
}

async fn are_removed_with_their_connection(stage: Stage) {
    connected(&stage, "c-1", "acme").await;
    subscribed(&stage, "c-1", "r-1").await;
    stage.enqueued("r-1").await;

    let first = stage.stores.connections().disconnect("c-1").await.unwrap();
    let second = stage.stores.connections().disconnect("c-1").await.unwrap();

    assert!(first.connection.is_some() && second.connection.is_none());
    assert_eq!((first.subscriptions.removed, second.subscriptions.removed), (1, 0));
    assert_eq!(stage.status(&key("r-1")).await, RequestStatus::Pending);
}

async fn comes_with_its_request_or_not_at_all(stage: Stage) {
    let queue = stage.queue();
    let submit = |id: &str| submission(id).connection("c-1");
    stage.faults.on(Operation::TransactWriteItems).nth(1).inject(Fault::LostBefore);

    let lost = queue.enqueue_and_subscribe(submit("r-1"), [EventType::All]).await;
    let nothing =
        (queue.get(&key("r-1")).await, stage.stores.subscriptions().count_by_connection("c-1").await);
    let made = queue.enqueue_and_subscribe(submit("r-1"), [EventType::All]).await.unwrap();

    assert_eq!(refused(lost), ErrorKind::Unavailable);
    assert_eq!((refused(nothing.0), nothing.1.unwrap()), (ErrorKind::NotFound, 0));
    assert!(!made.is_replay);
    assert_eq!(stage.stores.subscriptions().count_by_connection("c-1").await.unwrap(), 1);
    let lonely = queue.enqueue_and_subscribe(submission("r-2"), [EventType::All]).await;
    assert_eq!(refused(lonely), ErrorKind::Validation { field: "connection_id" });
}

async fn of_a_replay_is_written_alone(stage: Stage) {
    let key = stage.completed("r-1").await;
    let queue = stage.queue();

    let again =
        queue.enqueue_and_subscribe(submission("r-1").connection("c-2"), [EventType::All]).await.unwrap();
    let other = Submission::new("acme", "ann", "count").id("r-1").payload(json("{}")).connection("c-3");
    let other = queue.enqueue_and_subscribe(other, [EventType::All]).await;

    assert!(again.is_replay);
    assert_eq!(again.request, stage.stored(&key).await);
    assert_eq!(refused(other), ErrorKind::AlreadyExists);
    let store = stage.stores.subscriptions();
    assert_eq!(store.count_by_connection("c-2").await.unwrap(), 1);
    assert_eq!(store.count_by_connection("c-3").await.unwrap(), 0);
}

async fn costs_what_it_says(stage: Stage) {
    connected(&stage, "c-1", "acme").await;
    let sent = || stage.recording.take_operations();
    sent();

    subscribed(&stage, "c-1", "r-1").await;
    assert_eq!(sent(), [Operation::PutItem]);
    stage.queue().enqueue_and_subscribe(submission("r-2").connection("c-1"), [EventType::All]).await.unwrap();
    assert_eq!(sent(), [Operation::TransactWriteItems]);
    stage.stores.subscriptions().subscribe_checked(&subscription(&stage, "c-1", "r-2")).await.unwrap();
    assert_eq!(sent(), [Operation::TransactWriteItems]);
    let _ = stage.stores.connections().disconnect("c-1").await.unwrap();
    assert_eq!(sent(), [Operation::DeleteItem, Operation::Query, Operation::BatchWriteItem]);
    let _ = stage.stores.connections().disconnect("c-1").await.unwrap();
    assert_eq!(sent(), [Operation::DeleteItem, Operation::Query]);
}
