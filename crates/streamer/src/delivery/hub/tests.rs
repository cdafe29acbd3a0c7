use dynamorm::{
    Db, Model,
    testing::{RecordedCall, Recording},
    transport::Operation,
};
use streamer_store::{DEFAULT_LEASE, Json, Progress, StoreFactory, Submission};

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
        let delivery = Delivery::new(stores.requests(), Metrics::new([""; 0]));
        Self { stores, recording, delivery, outbox: Arc::default() }
    }

    /// A request that is waited for.
    async fn awaited(&self, id: &str) -> RequestKey {
        let submission = Submission::new("t-1", "u-1", "count").id(id);
        let key = self.stores.requests().enqueue(submission).await.unwrap().request.request_key();
        self.wait_for(&key);
        key
    }

    fn wait_for(&self, key: &RequestKey) {
        assert!(self.delivery.wait_for(&self.outbox, key, Wants::all()));
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

    stage.delivery.catch_up().await.unwrap();

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

    let looked = stage.delivery.catch_up().await;

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
        stage.delivery.catch_up().await.unwrap();
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

    assert!(stage.delivery.wait_for(&stage.outbox, &key, Wants::all()));
    let held = stage.outbox.resolve(&key, Some(&Event::Cancelled));
    stage.delivery.tell(&key, &Event::Cancelled);
    stage.outbox.release(&key);

    assert_eq!(held, None);
    assert_eq!(stage.next().await, (key, Event::Cancelled));
}
