//! Subscriptions that something else writes for a connection: the server that holds it finds them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{collections::HashSet, time::Duration};

use dynamorm::{
    Db,
    testing::{Fault, Faults, Recording},
    transport::Operation,
};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use streamer::server::Ownership;
use streamer_store::{
    AsyncRequest, EventType, Json, RequestKey, RequestStatus, StoreFactory, Submission, Subscription,
};
use support::{
    PATIENCE,
    client::Client,
    database::Database,
    handler::Gated,
    process,
    queue::{TENANT, USER, connect},
    running::{Running, until},
};
use tokio_tungstenite::tungstenite::Message;

/// How long 10,000 requests may take, in a build without optimization.
const MANY: Duration = Duration::from_secs(240);

/// A server, a request that waits for its gate, and a connection of another user that did not ask for it.
struct Stage {
    stores: StoreFactory,
    gated: Gated,
    submitter: Client,
    listener: Client,
    listener_id: String,
}

impl Stage {
    async fn new() -> Self {
        Self::over(Db::memory().unwrap()).await
    }

    async fn over(db: Db) -> Self {
        let (stores, gated) = (StoreFactory::from_db(db).with_shards(1), Gated::default());
        let handler = gated.clone();
        let server =
            Running::start_with(&stores, Ownership::Exclusive, |server| server.handler(handler)).await;
        let mut submitter = server.connect("u-1").await;
        let mut listener = server.connect("u-2").await;
        let listener_id = listener.connection_id().await;
        submitter.ask(json!({ "id": "r-1", "action": "gated" })).await;
        Self { stores, gated, submitter, listener, listener_id }
    }

    async fn subscribe(&self, tenant: &str, id: &str, wants: &[EventType]) {
        let subscriptions = self.stores.subscriptions();
        let key = RequestKey::new(tenant, id);
        let wants = wants.iter().copied();
        let subscription =
            Subscription::new(self.listener_id.as_str(), &key, "operator", wants, subscriptions.now());
        subscriptions.subscribe(&subscription).await.unwrap();
    }

    /// Stores requests that have ended with this result, and has the listener subscribe to each.
    async fn subscribe_to_ended(&self, count: usize, result: &Json) {
        let template = AsyncRequest {
            status: RequestStatus::Completed,
            status_shard: "COMPLETED#00".to_owned(),
            result: Some(result.clone()),
            ..self.stores.requests().get_consistent(&RequestKey::new("t-1", "r-1")).await.unwrap()
        };
        let now = self.stores.requests().now();
        for numbers in (0..count).collect::<Vec<_>>().chunks(1_000) {
            let named =
                |number: &usize| AsyncRequest { request_id: format!("n-{number}"), ..template.clone() };
            let requests: Vec<_> = numbers.iter().map(named).collect();
            let wanted = |request: &AsyncRequest| {
                let (connection, key) = (self.listener_id.as_str(), request.request_key());
                Subscription::new(connection, &key, "u-2", [EventType::All], now)
            };
            let subscriptions: Vec<_> = requests.iter().map(wanted).collect();
            let batch = self.stores.db().batch_write().put_all(&requests).put_all(&subscriptions);
            assert_eq!(batch.await.unwrap().written, 2 * numbers.len());
        }
    }

    async fn count(&self) -> u64 {
        self.stores.subscriptions().count_by_connection(&self.listener_id).await.unwrap()
    }

    async fn end(&mut self) {
        self.gated.gate.add_permits(1);
        self.submitter.hears("r-1").await;
    }
}

#[tokio::test]
async fn is_heard_on_the_connection_to_the_end_and_then_removed() {
    let mut stage = Stage::new().await;

    stage.subscribe("t-1", "r-1", &[EventType::All]).await;
    stage.listener.hears_progress("r-1", 10).await;
    stage.end().await;
    let end = stage.listener.hears("r-1").await.pop().unwrap();

    assert_eq!(end["type"], "complete");
    until(async || stage.count().await == 0).await;
    stage.listener.hears_nothing_more().await;
}

#[tokio::test]
async fn is_heard_for_what_it_names_alone() {
    let mut stage = Stage::new().await;

    stage.subscribe("t-1", "r-1", &[EventType::Completed]).await;
    stage.listener.hears_nothing_more().await;
    stage.end().await;

    assert_eq!(stage.listener.hears("r-1").await.len(), 1);
}

#[tokio::test]
async fn that_is_removed_is_no_longer_heard() {
    let mut stage = Stage::new().await;
    stage.subscribe("t-1", "r-1", &[EventType::All]).await;
    stage.listener.hears_progress("r-1", 10).await;

    assert!(stage.stores.subscriptions().unsubscribe(&stage.listener_id, "r-1").await.unwrap());
    stage.listener.hears_nothing_more().await;
    stage.end().await;

    stage.listener.hears_nothing_more().await;
}

#[tokio::test]
async fn of_another_tenant_is_not_heard() {
    let mut stage = Stage::new().await;
    let other = Submission::new("t-2", "u-9", "gated").id("r-2");
    stage.stores.requests().enqueue(other).await.unwrap();
    stage.gated.gate.add_permits(5);

    stage.subscribe("t-2", "r-2", &[EventType::All]).await;

    stage.listener.hears_nothing_more().await;
    assert_eq!(stage.count().await, 1);
}

#[tokio::test]
async fn that_is_there_before_its_request_waits_for_it() {
    let mut stage = Stage::new().await;

    stage.subscribe("t-1", "r-2", &[EventType::All]).await;
    stage.listener.hears_nothing_more().await;
    stage.gated.gate.add_permits(2);
    stage.submitter.ask_for("r-2", json!({ "action": "gated" })).await;
    let end = stage.listener.hears("r-2").await.pop().unwrap();

    assert_eq!(end["type"], "complete");
}

#[tokio::test]
async fn made_anew_after_the_end_is_heard_anew() {
    let mut stage = Stage::new().await;
    stage.subscribe("t-1", "r-1", &[EventType::All]).await;
    stage.end().await;
    stage.listener.hears("r-1").await;
    until(async || stage.count().await == 0).await;

    stage.subscribe("t-1", "r-1", &[EventType::All]).await;
    let again = stage.listener.hears("r-1").await;

    assert_eq!(again.last().unwrap()["type"], "complete");
    until(async || stage.count().await == 0).await;
}

#[tokio::test]
async fn is_heard_when_the_command_line_writes_it() {
    let database = Database::new();
    let server = database.serve();
    let mut listener = connect(&server).await;
    let connection = listener.connection_id().await;
    let whose = ["--tenant", TENANT, "--user", USER];
    let submit = ["requests", "submit", "count", "--payload", r#"{"to":1,"delay_ms":0}"#, "--id", "r-1"];
    process::json(&database.db(), &[&submit[..], &whose].concat());

    let add = ["subscriptions", "add", "--connection", &connection, "--request", "r-1"];
    process::json(&database.db(), &[&add[..], &whose].concat());

    assert_eq!(listener.hears("r-1").await.pop().unwrap()["type"], "complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_results_there_is_no_room_for_are_read_once_whatever_the_client_sends_meanwhile() {
    const RESULTS: usize = 10;
    let (db, recording) = Recording::under(Db::memory().unwrap());
    let (db, faults) = Faults::under(db);
    let stage = Stage::over(db).await;
    let large = Json::parse(&format!(r#"{{"text":"{}"}}"#, "x".repeat(90_000))).unwrap();
    faults.on(Operation::GetItem).inject(Fault::Slow(Duration::from_millis(50)));
    recording.take();

    stage.subscribe_to_ended(RESULTS, &large).await;
    let (mut sink, mut stream) = stage.listener.socket.split();
    let pings = async {
        while sink.send(Message::Ping(Vec::new().into())).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let ends = async {
        let mut ends = 0;
        while ends < RESULTS {
            ends += usize::from(stream.next().await.unwrap().unwrap().is_text());
        }
    };
    tokio::select! {
        () = pings => panic!("the connection ended"),
        heard = tokio::time::timeout(PATIENCE, ends) => heard.expect("all ends"),
    }

    let reads = recording.take_operations().into_iter().filter(|of| *of == Operation::GetItem).count();
    assert!((1..=RESULTS).contains(&reads), "{reads}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_of_one_connection_are_each_told_once() {
    const MANY_REQUESTS: usize = 10_000;
    let mut stage = Stage::new().await;
    stage.subscribe_to_ended(MANY_REQUESTS, &Json::empty()).await;

    let heard = tokio::time::timeout(MANY, stage.listener.hears_all(MANY_REQUESTS)).await.expect("all ends");

    let told: HashSet<_> = heard.keys().filter(|id| id.starts_with("n-")).collect();
    assert_eq!(told.len(), MANY_REQUESTS);
    assert!(heard.values().all(|messages| messages.len() == 1 && messages[0]["type"] == "complete"));
    tokio::time::timeout(MANY, async {
        while stage.count().await > 0 {
            stage.listener.hears_nothing_more().await;
        }
    })
    .await
    .expect("all subscriptions to be removed");
    stage.listener.hears_nothing_more().await;
}
