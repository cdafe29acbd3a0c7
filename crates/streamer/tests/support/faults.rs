//! A layer over an engine that holds requests back, loses answers and fails, as a network does.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use dynamorm::{
    embedded::Embedded,
    transport::{
        BoxFuture, Capabilities, Operation, Request, Response, Transport, TransportError, TransportErrorKind,
    },
};
use tokio::sync::watch;

/// An engine in memory behind a line that can be disturbed. Clones share both.
#[derive(Clone, Debug)]
pub struct Faulty {
    engine: Embedded,
    faults: Arc<Faults>,
}

#[derive(Debug)]
struct Faults {
    holds_puts: watch::Sender<bool>,
    lost_put_answers: AtomicU32,
    failing_deletes: AtomicU32,
}

impl Faulty {
    pub fn new() -> Self {
        let faults = Faults {
            holds_puts: watch::Sender::new(false),
            lost_put_answers: AtomicU32::new(0),
            failing_deletes: AtomicU32::new(0),
        };
        Self { engine: Embedded::memory().unwrap(), faults: Arc::new(faults) }
    }

    /// Holds PutItem back from now on, or lets it go on.
    pub fn hold_puts(&self, holds: bool) {
        self.faults.holds_puts.send_replace(holds);
    }

    /// Does the next PutItem but loses its answer.
    pub fn lose_a_put_answer(&self) {
        self.faults.lost_put_answers.store(1, Ordering::SeqCst);
    }

    /// Does not do so many of the next DeleteItem.
    pub fn fail_deletes(&self, count: u32) {
        self.faults.failing_deletes.store(count, Ordering::SeqCst);
    }
}

impl Transport for Faulty {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let operation = request.operation;
            if operation == Operation::PutItem {
                let mut holds = self.faults.holds_puts.subscribe();
                holds.wait_for(|holds| !holds).await.unwrap();
            }
            if operation == Operation::DeleteItem && takes_one(&self.faults.failing_deletes) {
                return Err(TransportError::new(TransportErrorKind::Unavailable, "not now"));
            }
            let answer = self.engine.send(request).await;
            if operation == Operation::PutItem && takes_one(&self.faults.lost_put_answers) {
                return Err(TransportError::new(TransportErrorKind::Timeout, "no answer"));
            }
            answer
        })
    }

    fn capabilities(&self) -> Capabilities {
        self.engine.capabilities()
    }
}

fn takes_one(count: &AtomicU32) -> bool {
    count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}
