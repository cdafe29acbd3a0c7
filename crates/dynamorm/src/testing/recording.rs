use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use dynamorm_core::transport::{
    BoxFuture, Capabilities, Operation, Request, Response, Transport, TransportError,
};

use super::recorded_call::{Outcome, RecordedCall};
use crate::Db;

/// A layer over an engine that keeps every request that passes, and what came of it. Clones share what they keep.
///
/// ```
/// # use dynamorm::{prelude::*, testing::Recording, transport::Operation};
/// # #[derive(Clone, Debug, PartialEq, Model)]
/// # #[dynamorm(table = "notes", key(partition = id))]
/// # struct Note { id: String }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), dynamorm::Error> {
/// let (db, recording) = Recording::under(Db::memory()?);
/// db.ensure_table::<Note>().await?;
/// recording.take();
///
/// db.put(&Note { id: "n".into() }).await?;
/// db.get(Note::key("n")).await?;
///
/// let [put, get] = &recording.take()[..] else { panic!("not two requests") };
/// assert_eq!((put.operation, get.operation), (Operation::PutItem, Operation::GetItem));
/// assert_eq!((put.capacity, get.capacity), (Some(1.0), Some(0.5)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Recording {
    below: Arc<dyn Transport>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    calls: Vec<RecordedCall>,
    /// How many calls were taken away: the number of the first one that is kept.
    taken: usize,
}

/// The requests of one operation, added up.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct OperationTotal {
    /// The operation.
    pub operation: Operation,
    /// How many requests there were.
    pub requests: u64,
    /// How many of them failed.
    pub failures: u64,
    /// How many times they were sent, retries included.
    pub attempts: u64,
    /// The capacity units that they consumed, as far as the answers say so.
    pub capacity: f64,
}

impl Recording {
    /// A layer over `transport`: an engine, or another layer.
    pub fn over(transport: impl Transport) -> Self {
        Self::over_shared(Arc::new(transport))
    }

    /// The tables of `db` with a recording between them and their engine.
    pub fn under(db: Db) -> (Db, Self) {
        db.layered(Self::over_shared)
    }

    fn over_shared(below: Arc<dyn Transport>) -> Self {
        Self { below, kept: Arc::default() }
    }

    /// The requests since they were last taken, in the order in which they were sent.
    pub fn take(&self) -> Vec<RecordedCall> {
        let mut kept = self.kept();
        kept.taken += kept.calls.len();
        mem::take(&mut kept.calls)
    }

    /// The operations of the requests since they were last taken.
    pub fn take_operations(&self) -> Vec<Operation> {
        self.take().iter().map(|call| call.operation).collect()
    }

    /// How many requests there were since they were last taken.
    pub fn count(&self) -> usize {
        self.kept().calls.len()
    }

    /// What the requests since they were last taken come to, by operation, in the order of their first requests.
    pub fn totals(&self) -> Vec<OperationTotal> {
        let mut totals: Vec<OperationTotal> = Vec::new();
        for call in &self.kept().calls {
            let position = totals.iter().position(|total| total.operation == call.operation);
            let position = position.unwrap_or_else(|| {
                totals.push(OperationTotal::none(call.operation));
                totals.len() - 1
            });
            totals[position].add(call);
        }
        totals
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OperationTotal {
    fn none(operation: Operation) -> Self {
        Self { operation, requests: 0, failures: 0, attempts: 0, capacity: 0.0 }
    }

    fn add(&mut self, call: &RecordedCall) {
        self.requests += 1;
        self.failures += u64::from(matches!(call.outcome, Some(Outcome::Failed(_))));
        self.attempts += u64::from(call.attempts);
        self.capacity += call.capacity.unwrap_or_default();
    }
}

impl Kept {
    /// Keeps a call that begins; gives its number.
    fn begin(&mut self, request: &Request) -> usize {
        self.calls.push(RecordedCall::begun(request));
        self.taken + self.calls.len() - 1
    }

    /// Adds what came of a call, unless it was taken meanwhile.
    fn end(&mut self, number: usize, result: &Result<Response, TransportError>) {
        let position = number.checked_sub(self.taken);
        if let Some(call) = position.and_then(|position| self.calls.get_mut(position)) {
            call.end(result);
        }
    }
}

impl Transport for Recording {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let number = self.kept().begin(&request);
        Box::pin(async move {
            let result = self.below.send(request).await;
            self.kept().end(number, &result);
            result
        })
    }

    fn capabilities(&self) -> Capabilities {
        self.below.capabilities()
    }
}
