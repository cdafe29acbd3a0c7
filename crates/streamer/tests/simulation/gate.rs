use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use dynamorm::{
    Timestamp,
    transport::{
        BoxFuture, Capabilities, Operation, Repeat, Request, Response, Transport, TransportError,
        TransportErrorKind,
    },
};
use serde_json::{Value, json};

use crate::{
    bug::Bug,
    dice::Dice,
    engine::Engine,
    faults::{Fate, Faults},
    history::Histories,
    process::Process,
    tally::{Happening, Tally},
    time::Time,
    wait::Turn,
    wire::{REQUESTS, Write},
};

/// The longest time that a request takes that is slow: past the lease.
const SLOW_SECONDS: u64 = 40;

/// Between the stores and the engine: where turns are taken, and things go wrong. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    inner: Arc<Inner>,
    /// Whose requests pass; none if nothing goes wrong with them.
    process: Option<Process>,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    dice: Dice,
    time: Time,
    bug: Option<Bug>,
    faults: Faults,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    histories: Histories,
    trace: DefaultHasher,
    tally: Tally,
    /// None while there are faults.
    calm_since: Option<Timestamp>,
}

impl Gate {
    pub(crate) fn new(engine: Engine, dice: Dice, time: Time, bug: Option<Bug>) -> Self {
        let (faults, state) = (Faults::drawn(&dice), Mutex::default());
        let inner = Inner { engine, dice, time, bug, faults, state };
        Self { inner: Arc::new(inner), process: None }
    }

    /// The same gate for a process, whose requests meet faults.
    pub(crate) fn for_process(&self, process: &Process) -> Self {
        Self { inner: Arc::clone(&self.inner), process: Some(process.clone()) }
    }

    /// Ends the faults.
    pub(crate) fn calm_down(&self) {
        self.inner.state.lock().unwrap().calm_since = Some(self.inner.time.now());
    }

    /// Whether there have been no faults since an instant.
    pub(crate) fn is_calm_since(&self, instant: Timestamp) -> bool {
        self.inner.state.lock().unwrap().calm_since.is_some_and(|calm| calm <= instant)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Opens the engine again: what it has is what was last seen.
    pub(crate) fn reopen_engine(&self) {
        self.inner.engine.open();
        self.count(Happening::EngineRestart);
        let seen: Vec<_> =
            self.histories(|histories| histories.all().map(|(name, _)| name.clone()).collect());
        for (number, name) in seen.into_iter().enumerate() {
            let key = json!({ "pk": { "S": name }, "sk": { "S": "METADATA" } });
            if number == 0 && self.inner.bug == Some(Bug::ForgetfulEngine) {
                let _forgotten =
                    self.past_faults(Operation::DeleteItem, &json!({ "TableName": REQUESTS, "Key": key }));
            }
            let item = self.read(&key);
            self.histories(|histories| histories.check_kept(&name, item.as_ref()));
        }
    }

    /// What was seen to be wrong.
    pub(crate) fn failure(&self) -> Option<String> {
        self.inner.state.lock().unwrap().histories.failure()
    }

    pub(crate) fn histories<T>(&self, look: impl FnOnce(&mut Histories) -> T) -> T {
        look(&mut self.inner.state.lock().unwrap().histories)
    }

    /// A number that is the same for two runs that went the same way.
    pub(crate) fn trace(&self) -> u64 {
        self.inner.state.lock().unwrap().trace.finish()
    }

    pub(crate) fn count(&self, happening: Happening) {
        self.inner.state.lock().unwrap().tally.count(happening);
    }

    /// What happened so far.
    pub(crate) fn tally(&self) -> Tally {
        self.inner.state.lock().unwrap().tally.clone()
    }

    fn fate(&self, operation: Operation) -> Fate {
        let is_calm = self.inner.state.lock().unwrap().calm_since.is_some();
        if is_calm || self.process.is_none() {
            return Fate::Done;
        }
        self.inner.faults.fate(&self.inner.dice, operation)
    }

    fn carry_out(&self, mut request: Request, write: Option<&Write>) -> Result<Response, TransportError> {
        let Some(write) = write else { return self.inner.engine.send(request) };
        let operation = request.operation;
        if let (Some(bug), Operation::UpdateItem) = (self.inner.bug, operation) {
            request.body = Bytes::from(bug.change(&request.body));
        }
        let mut result = self.inner.engine.send(request);
        if self.inner.engine.is_open() {
            self.look_at(write);
        }
        match (self.inner.bug, operation, &mut result) {
            (Some(Bug::LostAnswerTakenForFailure), Operation::UpdateItem, Err(error)) => {
                error.body = Bytes::from_static(b"{}");
            }
            (Some(Bug::DeafHolder), _, result) if write.is_heartbeat && is_refused(result) => {
                *result = Ok(Response { body: Bytes::from_static(b"{}"), attempts: 1 });
            }
            _ => {}
        }
        result
    }

    /// Reads a request's item past everything, and notes what it has become by a write.
    fn look_at(&self, write: &Write) {
        let item = self.read(&write.key);
        let (name, holder) = (write.name(), write.holder.as_deref());
        let mut state = self.inner.state.lock().unwrap();
        let seen = state.histories.note(name, item.as_ref(), holder, self.inner.time.now());
        (name, seen).hash(&mut state.trace);
    }

    fn read(&self, key: &Value) -> Option<Value> {
        let body = json!({ "TableName": REQUESTS, "Key": key, "ConsistentRead": true });
        let answer = self.past_faults(Operation::GetItem, &body);
        answer.get("Item").cloned()
    }

    fn past_faults(&self, operation: Operation, body: &Value) -> Value {
        let body = body.to_string().into();
        let request = Request { operation, table: REQUESTS.into(), index: None, body, repeat: Repeat::Safe };
        serde_json::from_slice(&self.inner.engine.send(request).unwrap().body).unwrap()
    }

    /// Notes that a worker knows of its claim: it has to carry it out.
    fn note_claim(&self, write: &Write, result: &Result<Response, TransportError>) {
        if let (Some(process), Some(claim)) = (&self.process, &write.claim)
            && (result.is_ok() || is_refused(result))
        {
            self.histories(|histories| histories.told_of_claim(write.name(), claim, process));
        }
    }
}

impl Transport for Gate {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let Inner { engine, dice, time, state, .. } = &*self.inner;
            let (write, closings) = (Write::of(&request), engine.closings());
            let write = write.as_ref();
            let lost = |kind| Err(TransportError::new(kind, "lost"));
            Turn::default().await;
            if engine.closings() != closings {
                return lost(TransportErrorKind::Unavailable);
            }
            let fate = self.fate(request.operation);
            {
                let mut state = state.lock().unwrap();
                state.tally.count(fate.happening());
                (fate, request.operation.name(), time.now()).hash(&mut state.trace);
            }
            let answer = match fate {
                Fate::LostBefore => lost(TransportErrorKind::Unavailable),
                Fate::Throttled => lost(TransportErrorKind::Throttled),
                Fate::CrashBefore => self.crash().await,
                Fate::LostAfter => {
                    let _lost = self.carry_out(request, write);
                    lost(TransportErrorKind::Timeout)
                }
                Fate::CrashAfter => {
                    let _lost = self.carry_out(request, write);
                    self.crash().await
                }
                Fate::SentTwice if request.repeat == Repeat::Safe => {
                    let _lost = self.carry_out(request.clone(), write);
                    Turn::default().await;
                    self.carry_out(request, write)
                }
                Fate::Slow => {
                    time.sleep(Duration::from_millis(dice.below(SLOW_SECONDS * 1_000))).await;
                    self.carry_out(request, write)
                }
                Fate::Done | Fate::SentTwice => self.carry_out(request, write),
            };
            Turn::default().await;
            if engine.closings() != closings {
                return lost(TransportErrorKind::Unavailable);
            }
            if let Some(write) = write {
                self.note_claim(write, &answer);
            }
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
        if let Some(process) = &self.process {
            process.crash();
        }
        std::future::pending().await
    }
}

fn is_refused(result: &Result<Response, TransportError>) -> bool {
    result.as_ref().is_err_and(|error| error.kind == TransportErrorKind::ConditionFailed)
}
