//! Who waits for which request.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use streamer_store::{AsyncRequest, ErrorKind, RequestKey, RequestQueue};
use tokio::time::sleep;

use super::{
    awaited::Wants,
    event::Event,
    outbox::{Due, Outbox},
};
use crate::metrics::Metrics;

/// How long to wait after a failed look at the store.
const LOOK_BACKOFF: Duration = Duration::from_secs(1);

/// Tells each connection of a server what happens to the requests that it waits for. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Delivery(Arc<Inner>);

struct Inner {
    queue: RequestQueue,
    waiting: Mutex<HashMap<RequestKey, Vec<Arc<Outbox>>>>,
    metrics: Metrics,
}

impl Delivery {
    pub(crate) fn new(queue: RequestQueue, metrics: Metrics) -> Self {
        Self(Arc::new(Inner { queue, waiting: Mutex::default(), metrics }))
    }

    /// Has a connection wait for a request, as if it had heard nothing of it. Nothing is sent before the outbox is
    /// [released](Outbox::release) for it: the answer to the message that asks for it goes first. Says whether there was
    /// room: a connection waits for [`MAX_AWAITED`](super::MAX_AWAITED) requests at most.
    pub(crate) fn wait_for(&self, outbox: &Arc<Outbox>, key: &RequestKey, wants: Wants) -> bool {
        if !outbox.add(key, wants) {
            return false;
        }
        let mut waiting = self.waiting();
        let of_request = waiting.entry(key.clone()).or_default();
        if !of_request.iter().any(|other| Arc::ptr_eq(other, outbox)) {
            of_request.push(Arc::clone(outbox));
        }
        self.0.metrics.deliveries().awaits(waiting.len());
        true
    }

    /// Has a connection no longer wait for a request.
    pub(crate) fn stop_waiting(&self, outbox: &Arc<Outbox>, key: &RequestKey) {
        outbox.remove(key);
        self.forget(outbox, key);
    }

    /// Has a connection that ended wait for nothing.
    pub(crate) fn close(&self, outbox: &Arc<Outbox>) {
        for key in outbox.clear() {
            self.forget(outbox, &key);
        }
    }

    /// Tells all who wait for a request.
    pub(crate) fn tell(&self, key: &RequestKey, event: &Event) {
        let of_request = self.waiting().get(key).cloned().unwrap_or_default();
        for outbox in of_request {
            if outbox.offer(key, event) {
                self.forget(&outbox, key);
            }
        }
    }

    /// Tells one connection what the store says of a request.
    pub(crate) fn tell_stored(&self, outbox: &Arc<Outbox>, request: &AsyncRequest) {
        let key = request.request_key();
        if let Some(event) = Event::of(request)
            && outbox.offer(&key, &event)
        {
            self.forget(outbox, &key);
        }
    }

    /// Waits for what a connection is to be sent next; it then counts as sent. May be dropped while it waits. One GetItem
    /// where too much waited to be kept.
    pub(crate) async fn next(&self, outbox: &Arc<Outbox>) -> (RequestKey, Event) {
        loop {
            let (key, event) = match outbox.next().await {
                Due::Event(key, event) => (key, Some(event)),
                Due::Stored(key) => {
                    let stored = match self.0.queue.get_consistent(&key).await {
                        Ok(request) => Event::of(&request),
                        Err(error) if *error.kind() == ErrorKind::NotFound => Some(Event::Gone),
                        // Others wait behind it; it is told of once it can be read.
                        Err(error) if !error.is_retryable() => {
                            tracing::warn!(%error, "a request cannot be read");
                            None
                        }
                        Err(error) => {
                            tracing::warn!(%error, "a request cannot be read; trying again");
                            sleep(LOOK_BACKOFF).await;
                            continue;
                        }
                    };
                    let event = outbox.resolve(&key, stored.as_ref());
                    (key, event)
                }
            };
            if !outbox.awaits(&key) {
                self.forget(outbox, &key);
            }
            if let Some(event) = event {
                return (key, event);
            }
        }
    }

    /// How many requests are waited for.
    pub(crate) fn awaited(&self) -> usize {
        self.waiting().len()
    }

    /// The requests that are waited for.
    pub(super) fn keys(&self) -> Vec<RequestKey> {
        self.waiting().keys().cloned().collect()
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(super) fn queue(&self) -> &RequestQueue {
        &self.0.queue
    }

    fn forget(&self, outbox: &Arc<Outbox>, key: &RequestKey) {
        let mut waiting = self.waiting();
        // It may have begun to wait anew since it was found to wait no more.
        if outbox.awaits(key) {
            return;
        }
        if let Some(of_request) = waiting.get_mut(key) {
            of_request.retain(|other| !Arc::ptr_eq(other, outbox));
            if of_request.is_empty() {
                waiting.remove(key);
                self.0.metrics.deliveries().awaits(waiting.len());
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<RequestKey, Vec<Arc<Outbox>>>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("awaited", &self.awaited()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
