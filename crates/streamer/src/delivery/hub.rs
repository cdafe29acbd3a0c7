//! Who waits for which request.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use streamer_store::{AsyncRequest, ErrorKind, RequestKey, RequestQueue, Subscription, SubscriptionStore};
use tokio::time::sleep;

use super::{
    awaited::Awaited,
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
    subscriptions: SubscriptionStore,
    /// The connections of this server, by their ids.
    connections: Mutex<HashMap<String, Arc<Outbox>>>,
    waiting: Mutex<HashMap<RequestKey, Vec<Arc<Outbox>>>>,
    metrics: Metrics,
}

impl Delivery {
    pub(crate) fn new(queue: RequestQueue, subscriptions: SubscriptionStore, metrics: Metrics) -> Self {
        let (connections, waiting) = Default::default();
        Self(Arc::new(Inner { queue, subscriptions, connections, waiting, metrics }))
    }

    /// Makes the outbox of a connection, which is to be [closed](Self::close) when that ends.
    pub(crate) fn open(&self, connection_id: &str, tenant_id: &str) -> Arc<Outbox> {
        let outbox = Arc::new(Outbox::new(connection_id, tenant_id));
        lock(&self.0.connections).insert(connection_id.to_owned(), Arc::clone(&outbox));
        outbox
    }

    /// Has a connection wait for a request that it submits, as if it had heard nothing of it. Nothing is sent before the
    /// outbox is [released](Outbox::release) for it: the answer to the message that asks for it goes first. Says whether
    /// there was room: a connection waits for [`MAX_AWAITED`](super::MAX_AWAITED) requests at most.
    pub(crate) fn wait_for(&self, outbox: &Arc<Outbox>, key: &RequestKey) -> bool {
        self.begin(outbox, key, Awaited::submitted())
    }

    /// The same for a request that it subscribes to.
    pub(crate) fn subscribe(
        &self,
        outbox: &Arc<Outbox>,
        key: &RequestKey,
        subscription: &Subscription,
    ) -> bool {
        self.begin(outbox, key, Awaited::subscribed(subscription))
    }

    fn begin(&self, outbox: &Arc<Outbox>, key: &RequestKey, awaited: Awaited) -> bool {
        let has_room = outbox.add(key, awaited);
        if has_room {
            self.note(outbox, key);
        }
        has_room
    }

    /// Notes who waits for a request.
    pub(super) fn note(&self, outbox: &Arc<Outbox>, key: &RequestKey) {
        let mut waiting = lock(&self.0.waiting);
        // The connection may have ended since it was found to wait.
        if !outbox.awaits(key) {
            return;
        }
        let of_request = waiting.entry(key.clone()).or_default();
        if !of_request.iter().any(|other| Arc::ptr_eq(other, outbox)) {
            of_request.push(Arc::clone(outbox));
        }
        self.0.metrics.deliveries().awaits(waiting.len());
    }

    /// Has a connection no longer wait for a request.
    pub(crate) fn stop_waiting(&self, outbox: &Arc<Outbox>, key: &RequestKey) {
        outbox.remove(key);
        self.forget(outbox, key);
    }

    /// Has a connection that ended wait for nothing.
    pub(crate) fn close(&self, outbox: &Arc<Outbox>) {
        lock(&self.0.connections).remove(outbox.connection_id());
        for key in outbox.clear() {
            self.forget(outbox, &key);
        }
    }

    /// Tells all who wait for a request what was just written.
    pub(crate) fn tell(&self, key: &RequestKey, event: &Event) {
        self.tell_as_of(key, event, Instant::now());
    }

    /// Tells all who wait for a request what was so at `as_of`: before it was read, or after it was written.
    pub(super) fn tell_as_of(&self, key: &RequestKey, event: &Event, as_of: Instant) {
        let of_request = lock(&self.0.waiting).get(key).cloned().unwrap_or_default();
        for outbox in of_request {
            if outbox.offer(key, event, as_of) {
                self.forget(&outbox, key);
            }
        }
    }

    /// Tells one connection what the store said of a request at `as_of`.
    pub(crate) fn tell_stored(&self, outbox: &Arc<Outbox>, request: &AsyncRequest, as_of: Instant) {
        let key = request.request_key();
        if let Some(event) = Event::of(request)
            && outbox.offer(&key, &event, as_of)
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
                    let as_of = Instant::now();
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
                    let event = outbox.resolve(&key, stored.as_ref(), as_of);
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
        lock(&self.0.waiting).len()
    }

    /// The requests of which the store may have news.
    pub(super) fn keys_to_look_at(&self) -> Vec<RequestKey> {
        let waiting = lock(&self.0.waiting);
        let is_to_look_at = |key: &RequestKey, outboxes: &[Arc<Outbox>]| {
            outboxes.iter().any(|outbox| outbox.is_to_look_at(key))
        };
        waiting
            .iter()
            .filter(|(key, outboxes)| is_to_look_at(key, outboxes))
            .map(|(key, _)| key.clone())
            .collect()
    }

    /// The connections of this server.
    pub(super) fn outboxes(&self) -> Vec<Arc<Outbox>> {
        lock(&self.0.connections).values().cloned().collect()
    }

    pub(super) fn subscriptions(&self) -> &SubscriptionStore {
        &self.0.subscriptions
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(super) fn queue(&self) -> &RequestQueue {
        &self.0.queue
    }

    pub(super) fn forget(&self, outbox: &Arc<Outbox>, key: &RequestKey) {
        let mut waiting = lock(&self.0.waiting);
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
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("awaited", &self.awaited()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
