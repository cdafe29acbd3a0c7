//! Items of ended connections that could not be removed yet.

use std::{
    collections::HashSet,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use streamer_store::ConnectionStore;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// The most ids that are kept. What is left out stays until its `ttl`, or until the next start.
const MAX_LEFTOVERS: usize = 10_000;

/// The ids of those items.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    ids: Mutex<HashSet<String>>,
}

impl Leftovers {
    /// Notes an id, and returns whether there was room for it.
    pub(super) fn note(&self, connection_id: &str) -> bool {
        let mut ids = self.ids();
        ids.contains(connection_id) || (ids.len() < MAX_LEFTOVERS && ids.insert(connection_id.to_owned()))
    }

    /// Tries again at this interval, until the server stops.
    pub(super) async fn keep_removing(
        self: Arc<Self>,
        connections: ConnectionStore,
        every: Duration,
        shutdown: CancellationToken,
    ) {
        let mut beats = interval(every);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                _ = beats.tick() => self.remove(&connections).await,
            }
        }
    }

    /// Tries each once. The first failure speaks for the store: the others are kept without a try.
    async fn remove(&self, connections: &ConnectionStore) {
        let mut ids = self.take().into_iter();
        for id in ids.by_ref() {
            let disconnected = connections.disconnect(&id).await;
            if let Err(error) = disconnected.and_then(|disconnected| disconnected.subscriptions.complete()) {
                tracing::warn!(%error, "connections that ended cannot be removed; trying on");
                self.note(&id);
                break;
            }
        }
        for id in ids {
            self.note(&id);
        }
    }

    fn take(&self) -> HashSet<String> {
        mem::take(&mut self.ids())
    }

    fn ids(&self) -> MutexGuard<'_, HashSet<String>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
