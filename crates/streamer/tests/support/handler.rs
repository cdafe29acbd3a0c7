//! Handlers as a user of the library writes them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use streamer::{
    handler::{Context, Handler, HandlerError, Handlers, Mode},
    protocol::Failure,
};
use tokio::sync::Semaphore;

/// Counts to a number, and reports each.
pub struct Steps;

#[derive(Deserialize)]
pub struct To {
    to: u8,
    #[serde(default)]
    delay_ms: u64,
}

#[derive(Serialize)]
pub struct Done {
    done: u8,
}

impl Handler for Steps {
    type Payload = To;
    type Output = Done;

    fn action(&self) -> &str {
        "steps"
    }

    fn validate(&self, payload: &To) -> Result<(), Failure> {
        if payload.to > 100 { Err(Failure::invalid("to", "`to` is 100 at most")) } else { Ok(()) }
    }

    async fn handle(&self, payload: To, context: &Context) -> Result<Done, HandlerError> {
        for step in 1..=payload.to {
            tokio::time::sleep(Duration::from_millis(payload.delay_ms)).await;
            context.progress_with_message(step * (100 / payload.to), format!("step {step}"));
        }
        Ok(Done { done: payload.to })
    }
}

/// Gives the payload back at once; fails, panics or sleeps where that says so.
pub struct AtOnce;

impl Handler for AtOnce {
    type Payload = Map<String, Value>;
    type Output = Map<String, Value>;

    fn action(&self) -> &str {
        "at_once"
    }

    fn mode(&self) -> Mode {
        Mode::Immediate
    }

    fn time_limit(&self) -> Duration {
        Duration::from_millis(500)
    }

    fn validate(&self, payload: &Self::Payload) -> Result<(), Failure> {
        assert!(payload.get("do") != Some(&json!("panic early")), "as asked");
        Ok(())
    }

    async fn handle(&self, payload: Self::Payload, _: &Context) -> Result<Self::Output, HandlerError> {
        match payload.get("do").and_then(Value::as_str) {
            Some("fail") => Err(HandlerError::fail("as asked").with_details(&json!({ "why": "asked" }))),
            Some("panic") => panic!("as asked"),
            Some("sleep") => std::future::pending().await,
            _ => Ok(payload),
        }
    }
}

/// Waits until the test lets it go on; tells how often it was begun, and what became of it.
#[derive(Clone)]
pub struct Gated {
    pub begun: Arc<AtomicU32>,
    pub gate: Arc<Semaphore>,
    pub cancelled: Arc<AtomicU32>,
}

impl Default for Gated {
    fn default() -> Self {
        Self { begun: Arc::default(), gate: Arc::new(Semaphore::new(0)), cancelled: Arc::default() }
    }
}

impl Gated {
    pub fn begun(&self) -> u32 {
        self.begun.load(Ordering::SeqCst)
    }

    pub fn cancelled(&self) -> u32 {
        self.cancelled.load(Ordering::SeqCst)
    }
}

impl Handler for Gated {
    type Payload = Map<String, Value>;
    type Output = Value;

    fn action(&self) -> &str {
        "gated"
    }

    async fn handle(&self, payload: Self::Payload, context: &Context) -> Result<Value, HandlerError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        context.progress(10);
        tokio::select! {
            permit = self.gate.acquire() => permit.unwrap().forget(),
            () = context.cancelled() => {
                self.cancelled.fetch_add(1, Ordering::SeqCst);
                return Err(HandlerError::fail("cancelled"));
            }
        }
        Ok(json!({ "attempt": context.attempt(), "user": context.user_id(), "members": payload.len() }))
    }
}

/// Fails until its third attempt, each of which keeps a checkpoint.
pub struct Stubborn;

#[derive(Deserialize, Serialize)]
struct Kept {
    attempts: Vec<u32>,
}

impl Handler for Stubborn {
    type Payload = Map<String, Value>;
    type Output = Value;

    fn action(&self) -> &str {
        "stubborn"
    }

    fn retry_pause(&self, _: u32) -> Option<Duration> {
        Some(Duration::from_millis(10))
    }

    async fn handle(&self, payload: Self::Payload, context: &Context) -> Result<Value, HandlerError> {
        let mut kept = context.checkpoint::<Kept>()?.unwrap_or(Kept { attempts: Vec::new() });
        kept.attempts.push(context.attempt());
        context.save_checkpoint(&kept).await?;
        match payload.get("do").and_then(Value::as_str) {
            Some("fail") => Err(HandlerError::fail("for good")),
            Some("panic") => panic!("as asked"),
            Some("retry") => Err(HandlerError::retry("again")),
            _ if kept.attempts.len() < 3 => Err(HandlerError::retry("not yet")),
            _ => Ok(json!({ "attempts": kept.attempts })),
        }
    }
}

/// Needs a permission.
pub struct Restricted;

impl Handler for Restricted {
    type Payload = Map<String, Value>;
    type Output = Value;

    fn action(&self) -> &str {
        "restricted"
    }

    fn permission(&self) -> Option<&str> {
        Some("restricted:run")
    }

    async fn handle(&self, _: Self::Payload, _: &Context) -> Result<Value, HandlerError> {
        Ok(json!({ "ran": true }))
    }
}

/// Ends at once with a text of so many bytes, which are all the same.
struct Text(usize);

/// A handler of `text` that ends with so many bytes.
pub fn text_of(bytes: usize) -> Handlers {
    let mut handlers = Handlers::new();
    handlers.add(Text(bytes)).unwrap();
    handlers
}

impl Handler for Text {
    type Payload = Map<String, Value>;
    type Output = Value;

    fn action(&self) -> &str {
        "text"
    }

    async fn handle(&self, _: Self::Payload, _: &Context) -> Result<Value, HandlerError> {
        Ok(json!({ "text": "x".repeat(self.0) }))
    }
}
