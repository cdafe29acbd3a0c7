//! What one part of a process tells the worker of the same process.

use std::{future::pending, sync::Arc};

use streamer_store::RequestKey;
use tokio::sync::{Notify, broadcast};

/// How many requests that were ended may be told of before a worker has looked; it then looks at all that it holds.
const MAX_ENDED_WAITING: usize = 256;

/// Tells the worker of this process what it would find out by itself a little later. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Wake {
    work: Arc<Notify>,
    ended: broadcast::Sender<RequestKey>,
}

/// Hears of requests that were ended by others.
#[derive(Debug)]
pub(super) struct Ended(broadcast::Receiver<RequestKey>);

impl Wake {
    /// Says that there is something to claim.
    pub fn has_work(&self) {
        self.work.notify_one();
    }

    /// Says that a request was ended: who holds it stops at once.
    pub fn has_ended(&self, key: &RequestKey) {
        // Nobody may hold anything.
        let _ = self.ended.send(key.clone());
    }

    pub(super) async fn woken(&self) {
        self.work.notified().await;
    }

    pub(super) fn ended(&self) -> Ended {
        Ended(self.ended.subscribe())
    }
}

impl Default for Wake {
    fn default() -> Self {
        Self { work: Arc::default(), ended: broadcast::Sender::new(MAX_ENDED_WAITING) }
    }
}

impl Ended {
    /// Waits until this request may have been ended. May be dropped while it waits.
    pub(super) async fn of(&mut self, key: &RequestKey) {
        use broadcast::error::RecvError::{Closed, Lagged};

        loop {
            match self.0.recv().await {
                Ok(ended) if ended == *key => return,
                Ok(_) => {}
                Err(Lagged(_)) => return,
                Err(Closed) => pending().await,
            }
        }
    }
}
