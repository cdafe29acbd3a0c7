//! What does not fit into an item or into a message: it is refused or ends the request, and never holds up others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use dynamorm::{Db, testing::Recording, transport::Operation};
use serde_json::{Map, Value, json};
use streamer::{
    handler::{Context, Handler, HandlerError},
    server::Ownership,
};
use streamer_store::{
    AsyncRequest, DEFAULT_LEASE, Error, ErrorKind, Json, Lease, Progress, RequestFailure, RequestKey,
    RequestQueue, RequestStatus, StoreFactory, Submission,
};
use support::{
    client::Client,
    running::{Running, until},
};

/// Text that no compression makes smaller than three quarters: digits of base 64 by a generator of Marsaglia's.
fn noise(bytes: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut digit = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(DIGITS[(state % 64) as usize])
    };
    (0..bytes).map(|_| digit()).collect()
}

/// Does with noise what the payload says: `{"result", "checkpoint", "details", "failure", "retry", "reports"}`, each the number of its
/// bytes.
struct Noisy;

impl Handler for Noisy {
    type Payload = Map<String, Value>;
    type Output = Value;

    fn action(&self) -> &str {
        "noisy"
    }

    fn max_retries(&self) -> u32 {
        1
    }

    fn retry_pause(&self, _: u32) -> Option<Duration> {
        Some(Duration::from_millis(10))
    }

    async fn handle(&self, payload: Self::Payload, context: &Context) -> Result<Value, HandlerError> {
        let noise_of = |name: &str| {
            let bytes = payload.get(name).and_then(Value::as_u64)?;
            Some(json!({ "noise": noise(usize::try_from(bytes).unwrap()) }))
        };
        if let Some(details) = noise_of("details") {
            context.report(Progress { percentage: 30, message: None, details: Json::of(&details).ok() });
            // Long enough for it to be written, and tried again after a refusal.
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
        if let Some(checkpoint) = noise_of("checkpoint") {
            context.save_checkpoint(&checkpoint).await?;
        }
        for report in 0..payload.get("reports").and_then(Value::as_u64).unwrap_or_default() {
            context.progress_with_message(u8::try_from(report % 100).unwrap(), format!("{report}"));
            tokio::task::yield_now().await;
        }
        if let Some(failure) = noise_of("failure") {
            return Err(HandlerError::fail("as asked").with_details(&failure));
        }
        if let Some(failure) = noise_of("retry") {
            return Err(HandlerError::retry("as asked").with_details(&failure));
        }
        if let Some(bytes) = payload.get("plain").and_then(Value::as_u64) {
            return Ok(json!({ "text": "x".repeat(usize::try_from(bytes).unwrap()) }));
        }
        Ok(noise_of("result").unwrap_or_else(|| json!({})))
    }
}

struct Stage {
    stores: StoreFactory,
    recording: Recording,
    server: Running,
}

impl Stage {
    async fn new() -> Self {
        let (db, recording) = Recording::under(Db::memory().unwrap());
        let stores = StoreFactory::from_db(db).with_shards(1);
        let server = Running::start_with(&stores, Ownership::Exclusive, |server| server.handler(Noisy)).await;
        Self { stores, recording, server }
    }

    async fn stored(&self, id: &str) -> AsyncRequest {
        self.stores.requests().get_consistent(&RequestKey::new("t-1", id)).await.unwrap()
    }

    /// What a client hears of a request with this payload up to its end.
    async fn heard(&self, client: &mut Client, payload: Value) -> Vec<Value> {
        let answer = client.ask(json!({ "id": "r-1", "action": "noisy", "payload": payload })).await;
        assert_eq!(answer["type"], "acknowledgment", "{answer}");
        client.hears("r-1").await
    }

    /// The end of a request with this payload, which is the only one that there is.
    async fn end(&self, payload: Value) -> Value {
        let mut client = self.server.connect("u-1").await;
        let end = self.heard(&mut client, payload).await.pop().unwrap();
        client.hears_nothing_more().await;
        end
    }
}

mod result {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn that_just_fits_is_told_whole() {
        let stage = Stage::new().await;

        // Three quarters of it are stored: 390 KB of 400.
        let end = stage.end(json!({ "result": 520_000 })).await;

        assert_eq!(end["result"]["noise"].as_str().unwrap().len(), 520_000);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_does_not_fit_ends_the_request_at_the_first_try() {
        let stage = Stage::new().await;

        let end = stage.end(json!({ "result": 700_000 })).await;

        assert_eq!((&end["type"], &end["error"]["code"]), (&json!("error"), &json!("TOO_LARGE")));
        let stored = stage.stored("r-1").await;
        assert_eq!((stored.status, stored.attempt), (RequestStatus::Failed, 1));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_fits_the_store_and_no_message_ends_the_request_and_not_the_connection() {
        let stage = Stage::new().await;

        // Two megabytes of one letter take no room in the store.
        let end = stage.end(json!({ "plain": 2_000_000 })).await;

        assert_eq!((&end["type"], &end["error"]["code"]), (&json!("error"), &json!("TOO_LARGE")));
        assert_eq!(stage.stored("r-1").await.status, RequestStatus::Failed);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_something_else_stored_is_told_as_too_large() {
        let stage = Stage::new().await;
        let queue = stage.stores.requests();
        let in_an_hour = queue.now().saturating_add(Duration::from_secs(3600));
        let submission = Submission::new("t-1", "u-1", "elsewhere").id("r-1").process_after(in_an_hour);
        queue.enqueue(submission).await.unwrap();
        let mut client = stage.server.connect("u-1").await;
        client.subscribe("r-1").await;

        let text = json!({ "text": "x".repeat(3_000_000) });
        let mut request = stage.stored("r-1").await;
        (request.status, request.result) = (RequestStatus::Completed, Json::of(&text).ok());
        stage.stores.db().put(&request).await.unwrap();
        let end = client.hears("r-1").await.pop().unwrap();
        let asked = json!({ "id": "a", "action": "result", "payload": { "request_id": "r-1" } });
        let answer = client.ask(asked).await;

        assert_eq!(
            (&end["error"]["code"], &end["error"]["details"]["limit"]),
            (&json!("TOO_LARGE"), &json!(1024 * 1024))
        );
        assert_eq!(answer["error"]["code"], "TOO_LARGE");
        client.hears_nothing_more().await;
    }
}

mod failure {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn whose_details_do_not_fit_ends_the_request() {
        for kind in ["failure", "retry"] {
            let stage = Stage::new().await;

            let end = stage.end(json!({ kind: 700_000 })).await;

            assert_eq!(end["error"]["code"], "TOO_LARGE", "{kind}");
            assert_eq!(stage.stored("r-1").await.attempt, 1, "{kind}");
        }
    }
}

mod checkpoint {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn that_does_not_fit_ends_the_request() {
        let stage = Stage::new().await;

        let end = stage.end(json!({ "checkpoint": 700_000 })).await;

        assert_eq!(end["error"]["code"], "TOO_LARGE");
        assert_eq!(stage.stored("r-1").await.attempt, 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_leaves_no_room_for_an_end_makes_room_for_it() {
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
        stores.ensure_tables().await.unwrap();
        let queue = stores.requests();
        for what in ["complete", "fail", "cancel"] {
            queue.enqueue(Submission::new("t-1", "u-1", "noisy").id(what)).await.unwrap();
            let claimed = queue.claim(&RequestKey::new("t-1", what), "w-1", DEFAULT_LEASE).await.unwrap();
            fill_up(&queue, &claimed.lease).await;

            let ended = match what {
                "complete" => queue.complete(&claimed.lease, Json::empty()).await,
                "fail" => {
                    let failure = RequestFailure::new("PROCESSING_FAILED", "x".repeat(1000));
                    queue.fail(&claimed.lease, failure).await
                }
                _ => queue.cancel(claimed.lease.key()).await,
            };

            assert_eq!(ended.map_err(|error| error.to_string()), Ok(()), "{what}");
        }
    }

    /// Saves the largest checkpoint that there is room for.
    async fn fill_up(queue: &RequestQueue, lease: &Lease) {
        fill(async |noise| queue.save_checkpoint(lease, noise).await).await;
    }
}

/// Writes the largest object that there is room for.
async fn fill(write: impl AsyncFn(Json) -> Result<(), Error>) {
    let noise = noise(600_000);
    let (mut fits, mut too_large) = (500_000, noise.len());
    while too_large - fits > 1 {
        let bytes = usize::midpoint(fits, too_large);
        match write(Json::of(&json!({ "noise": noise[..bytes] })).unwrap()).await {
            Ok(()) => fits = bytes,
            Err(error) if matches!(error.kind(), ErrorKind::TooLarge { .. }) => too_large = bytes,
            Err(error) => panic!("{error}"),
        }
    }
}

mod progress {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn whose_details_do_not_fit_is_left_out_and_the_request_goes_on() {
        let stage = Stage::new().await;

        let end = stage.end(json!({ "details": 700_000 })).await;

        assert_eq!(end["type"], "complete");
        assert_eq!(stage.stored("r-1").await.attempt, 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn whose_details_leave_no_room_for_an_end_makes_room_for_it() {
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
        stores.ensure_tables().await.unwrap();
        let queue = stores.requests();
        for what in ["fail", "cancel"] {
            queue.enqueue(Submission::new("t-1", "u-1", "noisy").id(what)).await.unwrap();
            let claimed = queue.claim(&RequestKey::new("t-1", what), "w-1", DEFAULT_LEASE).await.unwrap();
            let progress = |details| Progress { percentage: 9, message: None, details: Some(details) };
            fill(async |noise| queue.update_progress(&claimed.lease, progress(noise)).await).await;

            let ended = match what {
                "fail" => queue.fail(&claimed.lease, RequestFailure::new("PROCESSING_FAILED", "no")).await,
                _ => queue.cancel(claimed.lease.key()).await,
            };

            assert_eq!(ended.map_err(|error| error.to_string()), Ok(()), "{what}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_is_reported_a_hundred_thousand_times_is_written_a_few_times() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;
        stage.recording.take();

        let messages = stage.heard(&mut client, json!({ "reports": 100_000 })).await;

        let calls = stage.recording.take();
        let writes = calls.iter().filter(|call| call.operation == Operation::UpdateItem).count();
        assert_eq!(messages.last().unwrap()["type"], "complete");
        // Four a second, for less than ten seconds, each twice where the percentage falls.
        assert!(writes < 80, "{writes} writes");
        assert!(messages.len() < 80, "{} messages", messages.len());
    }
}

mod payload {
    use super::*;

    fn message(bytes: usize) -> String {
        let frame = json!({ "id": "r-1", "action": "noisy", "payload": { "note": "" } }).to_string();
        let note = noise(bytes - frame.len());
        json!({ "id": "r-1", "action": "noisy", "payload": { "note": note } }).to_string()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_128_kb_is_taken_and_one_of_a_byte_more_is_refused_by_its_id() {
        let stage = Stage::new().await;
        let mut client = stage.server.connect("u-1").await;

        client.send_text(message(128 * 1024 + 1)).await;
        let refused = client.receive().await;
        client.send_text(message(128 * 1024)).await;
        let taken = client.receive().await;
        let end = client.hears("r-1").await.pop().unwrap();

        assert_eq!((&refused["request_id"], &refused["error"]["code"]), (&json!("r-1"), &json!("TOO_LARGE")));
        assert_eq!((&taken["type"], &end["type"]), (&json!("acknowledgment"), &json!("complete")));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_would_leave_no_room_for_a_life_is_refused() {
        let stage = Stage::new().await;
        let queue = stage.stores.requests();
        let submission = |id: &str, bytes: usize| {
            let payload = Json::of(&json!({ "noise": noise(bytes) })).unwrap();
            Submission::new("t-1", "u-1", "noisy").id(id).payload(payload)
        };

        // About 409,000 bytes as stored, of 409,600.
        let refused = queue.enqueue(submission("full", 540_000)).await.unwrap_err();
        queue.enqueue(submission("large", 510_000)).await.unwrap();

        assert!(matches!(refused.kind(), ErrorKind::TooLarge { .. }), "{refused}");
        // The worker carries it out all the same.
        until(async || stage.stored("large").await.status == RequestStatus::Completed).await;
    }
}
