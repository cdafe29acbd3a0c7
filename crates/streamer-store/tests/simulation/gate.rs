use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use dynamorm::{
    Clock as _,
    embedded::Embedded,
    testing::TestClock,
    transport::{
        BoxFuture, Capabilities, Operation, Request, Response, Transport, TransportError, TransportErrorKind,
    },
};
use serde_json::{Value, json};

use crate::{
    bug::Bug,
    dice::Dice,
    history::Histories,
    wait::{Turn, wait_for},
};

/// Between the stores and the engine: where turns are taken, and things go wrong. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    inner: Arc<Inner>,
    /// Set where the caller crashes: its scheduler drops it.
    pub(crate) crash: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Inner {
    engine: Embedded,
    dice: Dice,
    clock: TestClock,
    bug: Option<Bug>,
    is_faulty: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    histories: Histories,
    trace: DefaultHasher,
    requests: u64,
}

/// What becomes of one request.
#[derive(Clone, Copy, Debug, Hash)]
enum Fate {
    Done,
    LostBefore,
    LostAfter,
    SentTwice,
    Throttled,
    Slow,
    CrashBefore,
    CrashAfter,
}

impl Gate {
    pub(crate) fn new(dice: Dice, clock: TestClock, bug: Option<Bug>) -> Self {
        let engine = Embedded::memory().unwrap();
        let (is_faulty, state) = (AtomicBool::new(false), Mutex::default());
        Self { inner: Arc::new(Inner { engine, dice, clock, bug, is_faulty, state }), crash: Arc::default() }
    }

    /// The same gate for another caller, who crashes alone.
    pub(crate) fn for_caller(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), crash: Arc::default() }
    }

    pub(crate) fn set_faulty(&self, is_faulty: bool) {
        self.inner.is_faulty.store(is_faulty, Ordering::Relaxed);
    }

    /// What was seen to be wrong.
    pub(crate) fn failure(&self) -> Option<String> {
        self.inner.state.lock().unwrap().histories.failure()
    }

    pub(crate) fn histories<T>(&self, look: impl FnOnce(&mut Histories) -> T) -> T {
        look(&mut self.inner.state.lock().unwrap().histories)
    }

    /// A number that is the same for two runs that went the same way, and how many requests were made.
    pub(crate) fn trace(&self) -> (u64, u64) {
        let state = self.inner.state.lock().unwrap();
        (state.trace.finish(), state.requests)
    }

    fn fate(&self) -> Fate {
        if !self.inner.is_faulty.load(Ordering::Relaxed) {
            return Fate::Done;
        }
        match self.inner.dice.below(100) {
            0..4 => Fate::LostBefore,
            4..8 => Fate::LostAfter,
            8..12 => Fate::SentTwice,
            12..14 => Fate::Throttled,
            14..16 => Fate::Slow,
            16..18 => Fate::CrashBefore,
            18..20 => Fate::CrashAfter,
            _ => Fate::Done,
        }
    }

    fn engine(&self, request: Request) -> Result<Response, TransportError> {
        let (operation, key, holder) = (request.operation, key_of(&request), holder_of(&request));
        let mut request = request;
        if let (Some(bug), Operation::UpdateItem) = (self.inner.bug, operation) {
            request.body = Bytes::from(bug.change(&request.body));
        }
        let table = Arc::clone(&request.table);
        let mut result = wait_for(self.inner.engine.send(request));
        if let (Some(Bug::LostAnswerTakenForFailure), Operation::UpdateItem, Err(error)) =
            (self.inner.bug, operation, &mut result)
        {
            error.body = Bytes::from_static(b"{}");
        }
        if let Some(key) = key.filter(|_| table.ends_with("requests") && operation != Operation::GetItem) {
            self.look_at(&table, &key, holder.as_deref());
        }
        result
    }

    /// Reads a request's item past everything, and notes what it has become.
    fn look_at(&self, table: &Arc<str>, key: &Value, holder: Option<&str>) {
        let body = json!({ "TableName": &**table, "Key": key, "ConsistentRead": true }).to_string();
        let read = wait_for(self.inner.engine.send(Request {
            operation: Operation::GetItem,
            table: Arc::clone(table),
            index: None,
            body: body.into(),
            repeat: dynamorm::transport::Repeat::Safe,
        }));
        let answer: Value = serde_json::from_slice(&read.unwrap().body).unwrap();
        let name = key["pk"]["S"].as_str().unwrap_or_default().to_owned();
        let mut state = self.inner.state.lock().unwrap();
        let seen = state.histories.note(&name, answer.get("Item"), holder, self.inner.clock.now());
        (name, seen).hash(&mut state.trace);
    }
}

impl Transport for Gate {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            Turn::default().await;
            let fate = self.fate();
            {
                let mut state = self.inner.state.lock().unwrap();
                state.requests += 1;
                (fate, request.operation.name()).hash(&mut state.trace);
            }
            let lost = |kind| Err(TransportError::new(kind, "lost"));
            let answer = match fate {
                Fate::LostBefore => lost(TransportErrorKind::Unavailable),
                Fate::Throttled => lost(TransportErrorKind::Throttled),
                Fate::CrashBefore => self.crash().await,
                Fate::LostAfter => {
                    let _lost = self.engine(request);
                    lost(TransportErrorKind::Timeout)
                }
                Fate::CrashAfter => {
                    let _lost = self.engine(request);
                    self.crash().await
                }
                Fate::SentTwice if request.repeat == dynamorm::transport::Repeat::Safe => {
                    let _lost = self.engine(request.clone());
                    Turn::default().await;
                    self.engine(request)
                }
                Fate::Slow => {
                    self.inner.clock.advance(Duration::from_secs(self.inner.dice.below(40)));
                    self.engine(request)
                }
                Fate::Done | Fate::SentTwice => self.engine(request),
            };
            Turn::default().await;
            answer
        })
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.engine.capabilities()
    }
}

impl Gate {
    /// The caller is no more.
    async fn crash<T>(&self) -> T {
        self.crash.store(true, Ordering::Relaxed);
        std::future::pending().await
    }
}

/// The lease by which a request writes: the one that its condition asks for.
fn holder_of(request: &Request) -> Option<String> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    let names = body["ExpressionAttributeNames"].as_object()?;
    let (lease, _) = names.iter().find(|(_, name)| *name == "lease_id")?;
    let condition = body["ConditionExpression"].as_str()?;
    let (_, rest) = condition.split_once(&format!("{lease} = "))?;
    let value = rest.split([' ', ')']).next()?;
    body["ExpressionAttributeValues"][value]["S"].as_str().map(str::to_owned)
}

/// The key of the item that a request writes.
fn key_of(request: &Request) -> Option<Value> {
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    match request.operation {
        Operation::UpdateItem | Operation::DeleteItem => body.get("Key").cloned(),
        Operation::PutItem => {
            let item = body.get("Item")?;
            Some(json!({ "pk": item["pk"], "sk": item["sk"] }))
        }
        _ => None,
    }
}
