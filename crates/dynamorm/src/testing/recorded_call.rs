use std::{fmt, sync::Arc};

use bytes::Bytes;
use dynamorm_core::transport::{Operation, Repeat, Request, Response, TransportError, TransportErrorKind};
use serde_json::Value;

/// A request that passed, and what came of it.
///
/// `Debug` shows the size of its body, never what stands in it.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedCall {
    /// The operation.
    pub operation: Operation,
    /// The table that it concerns; empty where it concerns none or several.
    pub table: Arc<str>,
    /// The index that it reads.
    pub index: Option<&'static str>,
    /// The request's JSON, with the keys and items of the test.
    pub body: Bytes,
    /// Whether it may be sent again.
    pub repeat: Repeat,
    /// What came of it; `None` while it is under way, and for good if its future was dropped.
    pub outcome: Option<Outcome>,
    /// How many times it was sent, as far as that is known: 0 while it is under way.
    pub attempts: u32,
    /// The capacity units that it consumed in all tables, where the answer says so.
    pub capacity: Option<f64>,
    /// How many items a `Query` or `Scan` read, whether they passed its filter or not.
    pub scanned: Option<u64>,
    /// How many bytes the answer's JSON has; 0 without one.
    pub answer_bytes: usize,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The engine did it.
    Answered,
    /// The engine refused it, or no answer came.
    Failed(TransportErrorKind),
}

impl RecordedCall {
    pub(super) fn begun(request: &Request) -> Self {
        Self {
            operation: request.operation,
            table: Arc::clone(&request.table),
            index: request.index,
            body: request.body.clone(),
            repeat: request.repeat,
            outcome: None,
            attempts: 0,
            capacity: None,
            scanned: None,
            answer_bytes: 0,
        }
    }

    pub(super) fn end(&mut self, result: &Result<Response, TransportError>) {
        match result {
            Ok(response) => {
                self.outcome = Some(Outcome::Answered);
                self.attempts = response.attempts;
                self.answer_bytes = response.body.len();
                let answer: Value = serde_json::from_slice(&response.body).unwrap_or_default();
                self.capacity = capacity_units(&answer);
                self.scanned = answer["ScannedCount"].as_u64();
            }
            Err(error) => {
                self.outcome = Some(Outcome::Failed(error.kind));
                self.attempts = error.attempts;
            }
        }
    }
}

impl fmt::Debug for RecordedCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedCall")
            .field("operation", &self.operation)
            .field("table", &self.table)
            .field("index", &self.index)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("repeat", &self.repeat)
            .field("outcome", &self.outcome)
            .field("attempts", &self.attempts)
            .field("capacity", &self.capacity)
            .field("scanned", &self.scanned)
            .field("answer_bytes", &self.answer_bytes)
            .finish()
    }
}

/// What an answer says that it consumed: in one table, or added up over several.
fn capacity_units(answer: &Value) -> Option<f64> {
    let consumed = answer.get("ConsumedCapacity")?;
    match consumed {
        Value::Array(tables) => tables.iter().map(|table| table["CapacityUnits"].as_f64()).sum(),
        table => table["CapacityUnits"].as_f64(),
    }
}
