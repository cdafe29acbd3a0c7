use dynamorm::{
    Db, Model,
    testing::{RecordedCall, Recording},
    transport::Operation,
};
use streamer_store::{DEFAULT_LEASE, EventType, Json, Progress, StoreFactory, Submission};

use super::{super::MAX_AWAITED, *};

/// A request as something else wrote it: a status that there is not.
#[derive(Debug, Model)]
#[dynamorm(table = "requests", key(partition = "REQ#{tenant_id}#{request_id}", sort = "METADATA"))]
struct Unreadable {
    tenant_id: String,
    request_id: String,
    status: String,
}

struct Stage {
    stores: StoreFactory,
    recording: Recording,
    delivery: Delivery,
    outbox: Arc<Outbox>,
}

impl Stage {
    async fn new() -> Self {
        let (db, recording) = Recording::under(Db::memory().unwrap());
        let stores = StoreFactory::from_db(db).with_shards(1);
        stores.ensure_tables().await.unwrap();
        let delivery = Delivery::new(stores.requests(), stores.subscriptions(), Metrics::new([""; 0]));
        let outbox = delivery.open("c-1", "t-1");
        Self { stores, recording, delivery, outbox }
    }

    /// A request that is waited for.
    async fn awaited(&self, id: &str) -> RequestKey {
        let submission = Submission::new("t-1", "u-1", "count").id(id);
        let key = self.stores.requests().enqueue(submission).await.unwrap().request.request_key();
        self.wait_for(&key);
        key
    }

    fn wait_for(&self, key: &RequestKey) {
        assert!(self.delivery.wait_for(&self.outbox, key));
        self.outbox.release(key);
    }

    /// Something else writes a request, so that it cannot be read.
    async fn spoil(&self, key: &RequestKey) {
        let (tenant_id, request_id) = (key.tenant_id.clone(), key.request_id.clone());
        let broken = Unreadable { tenant_id, request_id, status: "ASLEEP".to_owned() };
        self.stores.db().put(&broken).await.unwrap();
    }

    async fn complete(&self, key: &RequestKey, result: &str) {
        let queue = self.stores.requests();
        let claimed = queue.claim(key, "w-1", DEFAULT_LEASE).await.unwrap();
        queue
            .update_progress(&claimed.lease, Progress { percentage: 50, ..Progress::default() })
            .await
            .unwrap();
        queue.complete(&claimed.lease, Json::parse(result).unwrap()).await.unwrap();
    }

    /// Something else subscribes the connection to a request.
    async fn subscribe(&self, key: &RequestKey) -> Subscription {
        let store = self.stores.subscriptions();
        let subscription = Subscription::new("c-1", key, "u-9", [EventType::All], store.now());
        store.subscribe(&subscription).await.unwrap();
        subscription
    }

    async fn find_subscriptions(&self) {
        self.delivery.find_subscriptions_of(&self.outbox).await.unwrap();
    }

    async fn next(&self) -> (RequestKey, Event) {
        let next = self.delivery.next(&self.outbox);
        tokio::time::timeout(Duration::from_secs(5), next).await.expect("something to be told")
    }
}

#[tokio::test]
async fn looks_at_a_hundred_requests_with_one_read() {
    let stage = Stage::new().await;
    for number in 0..MAX_AWAITED {
        stage.wait_for(&RequestKey::new("t-1", number.to_string()));
    }
    stage.recording.take();

    stage.delivery.catch_up(0).await.unwrap();

    let calls = stage.recording.take();
    let reads = calls.iter().filter(|call: &&RecordedCall| call.operation == Operation::BatchGetItem);
    assert_eq!((reads.count(), calls.len()), (MAX_AWAITED / 100, MAX_AWAITED / 100));
    // None of them is there, which each is told of once.
    for _ in 0..MAX_AWAITED {
        assert_eq!(stage.next().await.1, Event::Gone);
    }
    assert_eq!(stage.delivery.awaited(), 0);
}

#[tokio::test]
async fn forgets_all_that_a_connection_waited_for() {
    let stage = Stage::new().await;
    for number in 0..MAX_AWAITED {
        stage.wait_for(&RequestKey::new("t-1", number.to_string()));
    }

    stage.delivery.close(&stage.outbox);

    assert_eq!((stage.delivery.awaited(), stage.outbox.clear().len()), (0, 0));
}

#[tokio::test]
async fn tells_of_other_requests_though_one_cannot_be_read() {
    let stage = Stage::new().await;
    let mut keys = Vec::new();
    for number in 0..250 {
        keys.push(stage.awaited(&number.to_string()).await);
    }
    let (unreadable, readable) = keys.split_first().unwrap();
    stage.spoil(unreadable).await;
    for key in readable {
        stage.complete(key, "{}").await;
    }

    let looked = stage.delivery.catch_up(0).await;

    assert!(looked.is_err(), "the log says that one cannot be read");
    for _ in readable {
        assert_eq!(stage.next().await.1, Event::Completed(Json::empty()));
    }
    assert_eq!(stage.delivery.awaited(), 1);
}

#[tokio::test]
async fn tells_each_end_once_though_there_is_no_room_to_keep_it() {
    let stage = Stage::new().await;
    let result = format!(r#"{{"text":"{}"}}"#, "x".repeat(100_000));
    for number in 0..20 {
        let key = stage.awaited(&number.to_string()).await;
        stage.complete(&key, &result).await;
    }

    // Nobody reads meanwhile.
    for _ in 0..3 {
        stage.delivery.catch_up(0).await.unwrap();
    }

    for _ in 0..20 {
        assert!(matches!(stage.next().await.1, Event::Completed(told) if told.as_str() == result));
    }
    assert_eq!(stage.delivery.awaited(), 0);
}

#[tokio::test]
async fn tells_of_other_requests_though_one_that_there_was_no_room_for_cannot_be_read() {
    let stage = Stage::new().await;
    let mut keys = Vec::new();
    for number in 0..3 {
        keys.push(stage.awaited(&number.to_string()).await);
    }
    let large = Event::Completed(Json::parse(&format!(r#"{{"text":"{}"}}"#, "x".repeat(200_000))).unwrap());
    stage.delivery.tell(&keys[0], &large);
    stage.delivery.tell(&keys[1], &large);
    stage.delivery.tell(&keys[2], &Event::Cancelled);

    stage.spoil(&keys[1]).await;

    assert_eq!(stage.next().await, (keys[0].clone(), large));
    assert_eq!(stage.next().await, (keys[2].clone(), Event::Cancelled));
    assert!(stage.outbox.awaits(&keys[1]));
}

#[tokio::test]
async fn keeps_who_waits_anew_when_what_was_told_before_is_over() {
    let stage = Stage::new().await;
    let key = stage.awaited("r-1").await;

    // A telling found that nothing was left to wait for; before it says so, the connection waits again.
    stage.outbox.remove(&key);
    stage.wait_for(&key);
    stage.delivery.forget(&stage.outbox, &key);
    stage.delivery.tell(&key, &Event::Cancelled);

    assert_eq!(stage.next().await, (key, Event::Cancelled));
}

#[tokio::test]
async fn says_nothing_of_what_was_asked_of_the_store_before_it_is_waited_for_anew() {
    let stage = Stage::new().await;
    let key = stage.awaited("r-1").await;

    assert!(stage.delivery.wait_for(&stage.outbox, &key));
    let held = stage.outbox.resolve(&key, Some(&Event::Cancelled), Instant::now());
    stage.delivery.tell(&key, &Event::Cancelled);
    stage.outbox.release(&key);

    assert_eq!(held, None);
    assert_eq!(stage.next().await, (key, Event::Cancelled));
}

#[tokio::test]
async fn reads_the_payload_of_no_request_and_the_result_of_none_twice() {
    let stage = Stage::new().await;
    let large = Json::parse(&format!(r#"{{"text":"{}"}}"#, "x".repeat(3_000))).unwrap();
    let open = Submission::new("t-1", "u-1", "count").id("open").payload(large.clone());
    let open = stage.stores.requests().enqueue(open).await.unwrap().request.request_key();
    let ended = stage.awaited("ended").await;
    stage.complete(&ended, large.as_str()).await;
    stage.wait_for(&open);
    stage.recording.take();

    for _ in 0..3 {
        stage.delivery.catch_up(0).await.unwrap();
    }

    let answered: usize = stage.recording.take().iter().map(|call| call.answer_bytes).sum();
    assert!((3_000..6_000).contains(&answered), "{answered} bytes");
    assert!(matches!(stage.next().await.1, Event::Completed(_)));
}

#[tokio::test]
async fn tells_an_older_progress_to_nobody() {
    let stage = Stage::new().await;
    let key = stage.awaited("r-1").await;
    let progress = |percentage, message: &str| {
        Event::Progress(Progress { percentage, message: Some(message.to_owned()), ..Progress::default() })
    };

    let before = Instant::now();
    stage.delivery.tell(&key, &progress(60, "newer"));
    let told = stage.next().await.1;
    stage.delivery.tell_as_of(&key, &progress(50, "older"), before);
    let more = stage.delivery.next(&stage.outbox);
    let more = tokio::time::timeout(Duration::from_millis(100), more).await;

    assert_eq!(told, progress(60, "newer"));
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test]
async fn tells_no_end_that_was_read_before_the_request_was_waited_for() {
    let stage = Stage::new().await;
    let before = Instant::now();
    let key = stage.awaited("r-1").await;

    stage.delivery.tell_as_of(&key, &Event::Gone, before);
    stage.delivery.tell(&key, &Event::Cancelled);

    assert_eq!(stage.next().await.1, Event::Cancelled);
}

#[tokio::test]
async fn removes_no_subscription_that_was_made_anew_since_its_request_ended() {
    let stage = Stage::new().await;
    let key = RequestKey::new("t-1", "r-1");
    let first = stage.subscribe(&key).await;
    stage.find_subscriptions().await;
    stage.delivery.tell(&key, &Event::Cancelled);
    stage.next().await;

    let second = stage.subscribe(&key).await;
    stage.find_subscriptions().await;

    assert_ne!(first.created_at, second.created_at);
    assert_eq!(stage.stores.subscriptions().by_connection("c-1").take(9).await.unwrap(), [second]);
    assert!(stage.outbox.awaits(&key));
}

#[tokio::test]
async fn goes_on_waiting_for_what_was_submitted_though_its_subscription_goes() {
    let stage = Stage::new().await;
    let key = stage.awaited("r-1").await;
    stage.subscribe(&key).await;
    stage.find_subscriptions().await;

    assert!(stage.stores.subscriptions().unsubscribe("c-1", "r-1").await.unwrap());
    stage.find_subscriptions().await;
    stage.delivery.tell(&key, &Event::Cancelled);

    assert_eq!(stage.next().await, (key, Event::Cancelled));
}

#[tokio::test]
async fn drops_no_subscription_that_is_newer_than_the_look_that_does_not_see_it() {
    let stage = Stage::new().await;
    let key = RequestKey::new("t-1", "r-1");
    let before = Instant::now();
    let subscription = Subscription::new("c-1", &key, "u-1", [EventType::All], stage.stores.requests().now());
    assert!(stage.delivery.subscribe(&stage.outbox, &key, &subscription));

    let compared = stage.outbox.compare(Vec::new(), true, before);

    assert_eq!(compared.dropped, []);
    assert!(stage.outbox.awaits(&key));
}

#[tokio::test]
async fn waits_for_nothing_on_a_connection_that_has_ended() {
    let stage = Stage::new().await;
    let key = RequestKey::new("t-1", "r-1");
    stage.subscribe(&key).await;

    stage.delivery.close(&stage.outbox);
    stage.find_subscriptions().await;

    assert_eq!((stage.delivery.awaited(), stage.delivery.outboxes().len()), (0, 0));
}

#[tokio::test]
async fn looks_for_subscriptions_as_of_every_write() {
    let stage = Stage::new().await;
    stage.recording.take();

    stage.find_subscriptions().await;

    let calls = stage.recording.take();
    assert_eq!(calls.iter().map(|call| call.operation).collect::<Vec<_>>(), [Operation::Query]);
    let body = String::from_utf8(calls[0].body.to_vec()).unwrap();
    assert!(body.contains(r#""ConsistentRead":true"#), "{body}");
}

#[tokio::test]
async fn waits_by_a_subscription_that_is_newer_than_the_end_of_what_was_submitted() {
    let stage = Stage::new().await;
    let key = stage.awaited("r-1").await;
    stage.delivery.tell(&key, &Event::Cancelled);
    stage.next().await;

    stage.subscribe(&key).await;
    stage.find_subscriptions().await;

    assert!(stage.outbox.awaits(&key));
}

#[tokio::test]
async fn waits_no_longer_by_a_subscription_that_is_older_than_the_end_of_what_was_submitted() {
    let stage = Stage::new().await;
    let key = stage.awaited("r-1").await;
    stage.subscribe(&key).await;
    stage.delivery.tell(&key, &Event::Cancelled);
    stage.next().await;

    stage.find_subscriptions().await;

    assert!(!stage.outbox.awaits(&key));
    assert_eq!(stage.stores.subscriptions().by_connection("c-1").take(9).await.unwrap(), []);
}

#[tokio::test]
async fn leaves_a_connection_of_many_subscriptions_alone_for_longer() {
    let stage = Stage::new().await;
    let few = stage.delivery.open("c-2", "t-1");
    for number in 0..100 {
        stage.subscribe(&RequestKey::new("t-1", number.to_string())).await;
    }

    stage.delivery.find_subscriptions().await.unwrap();
    tokio::time::sleep(Duration::from_millis(1)).await;

    assert_eq!((stage.outbox.is_due_for_a_look(), few.is_due_for_a_look()), (false, true));
}
