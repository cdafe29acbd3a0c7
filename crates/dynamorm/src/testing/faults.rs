use std::{sync::Arc, time::Duration};

use dynamorm_core::transport::{
    BoxFuture, Capabilities, Operation, Repeat, Request, Response, Transport, TransportError,
    TransportErrorKind,
};
use tokio::time::sleep;

use super::{
    fault::Fault,
    page, refusal,
    rule::{Rule, Rules},
    token, unprocessed,
};
use crate::Db;

/// A layer over an engine that lets requests go wrong, by rules. Without rules it changes nothing.
///
/// Clones share the rules, which can be added at any time. Every rule counts every request that it might strike since it
/// was added; of several that would strike one request, the first that was added does. For two faults of one request,
/// lay one layer over another.
///
/// ```
/// # use dynamorm::{prelude::*, testing::{Fault, Faults}, transport::Operation};
/// # #[derive(Clone, Debug, PartialEq, Model)]
/// # #[dynamorm(table = "notes", key(partition = id))]
/// # struct Note { id: String }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), dynamorm::Error> {
/// let (db, faults) = Faults::under(Db::memory()?);
/// db.ensure_table::<Note>().await?;
/// let throttled = faults.on(Operation::GetItem).nth(2).inject(Fault::Throttled);
///
/// assert_eq!(db.get(Note::key("n")).await?, None);
/// assert_eq!(db.get(Note::key("n")).await.unwrap_err().kind(), ErrorKind::Throttled);
/// assert_eq!(db.get(Note::key("n")).await?, None);
/// assert_eq!(throttled.count(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Faults {
    below: Arc<dyn Transport>,
    rules: Arc<Rules>,
}

impl Faults {
    /// A layer over `transport`: an engine, or another layer.
    pub fn over(transport: impl Transport) -> Self {
        Self::over_shared(Arc::new(transport))
    }

    /// The tables of `db` with a layer of faults between them and their engine.
    pub fn under(db: Db) -> (Db, Self) {
        db.layered(Self::over_shared)
    }

    fn over_shared(below: Arc<dyn Transport>) -> Self {
        Self { below, rules: Arc::default() }
    }

    /// Draws what [`Rule::with_probability`] leaves to chance from `seed` from now on; from 0 unless it is set.
    pub fn seed(&self, seed: u64) {
        self.rules.seed(seed);
    }

    /// Begins a rule for the requests of `operation`.
    pub fn on(&self, operation: Operation) -> Rule {
        Rule::new(Arc::clone(&self.rules), Some(operation))
    }

    /// Begins a rule for the requests of every operation that its fault can happen to.
    pub fn on_any(&self) -> Rule {
        Rule::new(Arc::clone(&self.rules), None)
    }

    /// Ends all rules, and lets go on what they hold.
    pub fn clear(&self) {
        self.rules.clear();
    }

    async fn slow(&self, request: Request, wait: Duration) -> Result<Response, TransportError> {
        sleep(wait).await;
        self.below.send(request).await
    }

    async fn sent_twice(&self, request: Request) -> Result<Response, TransportError> {
        let request = token::kept(request);
        let first = self.below.send(request.clone()).await;
        let attempts = match &first {
            Ok(response) => response.attempts,
            Err(error) => error.attempts,
        };
        if request.repeat == Repeat::Unsafe {
            return Err(lost_answer(attempts));
        }
        match self.below.send(request).await {
            Ok(Response { body, attempts: further }) => Ok(Response { body, attempts: attempts + further }),
            Err(error) => {
                let further = error.attempts;
                Err(error.with_attempts(attempts + further))
            }
        }
    }

    async fn unprocessed(&self, request: Request, count: usize) -> Result<Response, TransportError> {
        let Some(split) = unprocessed::split(request.operation, &request.body, count) else {
            // It is no batch; the engine says what is wrong with it.
            return self.below.send(request).await;
        };
        let response = match split.kept {
            Some(body) => self.below.send(Request { body, ..request }).await?,
            None => Response { body: unprocessed::NOTHING_DONE.into(), attempts: 1 },
        };
        let body = unprocessed::join(request.operation, &response.body, split.left);
        Ok(Response { body, ..response })
    }
}

fn lost_answer(attempts: u32) -> TransportError {
    TransportError::new(TransportErrorKind::Timeout, "the answer was lost").with_attempts(attempts)
}

impl Transport for Faults {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let Some((fault, injected)) = self.rules.strike(request.operation) else {
            return self.below.send(request);
        };
        Box::pin(async move {
            match fault {
                Fault::Throttled => Err(refusal::throttled()),
                Fault::Denied => Err(refusal::denied()),
                Fault::Unprocessed(count) => self.unprocessed(request, count).await,
                Fault::Conflict => Err(refusal::conflict(&request)),
                Fault::LostBefore => {
                    let message = "the connection was lost before the request arrived";
                    Err(TransportError::new(TransportErrorKind::Unavailable, message).with_attempts(1))
                }
                Fault::LostAfter => {
                    // The outcome, whatever it is, is what nobody hears of.
                    let _lost = self.below.send(request).await;
                    Err(lost_answer(1))
                }
                Fault::SentTwice => self.sent_twice(request).await,
                Fault::PartialPage(items) => self.below.send(page::limited(request, items)).await,
                Fault::Slow(wait) => self.slow(request, wait).await,
                Fault::Held => {
                    injected.released().await;
                    self.below.send(request).await
                }
            }
        })
    }

    fn capabilities(&self) -> Capabilities {
        self.below.capabilities()
    }
}
