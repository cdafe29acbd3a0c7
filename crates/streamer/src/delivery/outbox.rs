//! What waits to be sent on one connection.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use streamer_store::{RequestKey, Subscription, Timestamp};
use tokio::sync::Notify;

use super::{
    MAX_AWAITED,
    awaited::{Awaited, Pending, Taken},
    event::Event,
};

/// The most bytes that wait on one connection. What is above is read from the store once it is its turn, so that a client
/// that does not read costs no more.
const MAX_WAITING_BYTES: usize = 256 * 1024;

/// Of how many ends a connection keeps that it has heard them, from one look at the table of subscriptions to the next.
const MAX_HEARD: usize = 2 * MAX_AWAITED;

/// The requests that one connection waits for, and what it is still to hear of each: the newest progress, then the end.
#[derive(Debug)]
pub(crate) struct Outbox {
    connection_id: String,
    tenant_id: String,
    state: Mutex<State>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct State {
    awaited: HashMap<RequestKey, Awaited>,
    /// Those of which something waits, in the order in which it came; each once.
    due: VecDeque<RequestKey>,
    /// How many bytes wait.
    bytes: usize,
    /// What it has heard the end of, until no subscription is stored that would have it hear that again.
    heard: HashMap<RequestKey, Heard>,
    /// Up to when more ends were heard than are kept: of a subscription from before, it is not known whether it is over.
    lost_until: Option<Timestamp>,
    /// When its subscriptions are looked for next; at once where that is not said.
    next_look: Option<Instant>,
    /// Whether the connection has ended.
    is_closed: bool,
}

/// A request whose end a connection has heard.
#[derive(Debug)]
struct Heard {
    /// When the stored subscription was made that it waited by; `None` where it knew of none.
    subscription: Option<Timestamp>,
    at: Instant,
    /// The same instant as subscriptions name theirs.
    until: Timestamp,
}

/// What is to be done about what the table of subscriptions says of a connection.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// Requests that it waits for now.
    pub(super) begun: Vec<RequestKey>,
    /// Requests that it waits for no longer: something else removed the subscription.
    pub(super) dropped: Vec<RequestKey>,
    /// Subscriptions that are over: their requests ended, and it has heard so.
    pub(super) over: Vec<Subscription>,
}

/// What is to be sent next.
#[derive(Debug)]
pub(crate) enum Due {
    /// This event.
    Event(RequestKey, Event),
    /// What the store says of the request.
    Stored(RequestKey),
}

impl State {
    /// Notes that nothing of a request waits. It stands at the front as a rule.
    fn forget_due(&mut self, key: &RequestKey) {
        if let Some(place) = self.due.iter().position(|due| due == key) {
            self.due.remove(place);
        }
    }

    /// No longer waits for a request. Gives what it waited by, if it did.
    fn remove(&mut self, key: &RequestKey) -> Option<Awaited> {
        let awaited = self.awaited.remove(key)?;
        self.bytes -= awaited.size();
        // To look for what is not due would be to look at all that is, for each that ends.
        if awaited.pending().is_some() {
            self.forget_due(key);
        }
        Some(awaited)
    }

    /// No longer waits for a request, whose end is told or not wanted: what is stored of it is over.
    fn end(&mut self, key: &RequestKey) {
        let Some(awaited) = self.remove(key) else { return };
        let until = Timestamp::now();
        if self.heard.len() < MAX_HEARD {
            let subscription = awaited.subscription();
            self.heard.insert(key.clone(), Heard { subscription, at: Instant::now(), until });
        } else {
            self.lost_until = Some(until);
        }
    }

    /// Notes that an event is sent.
    fn sent(&mut self, key: &RequestKey, event: &Event) {
        let Some(awaited) = self.awaited.get_mut(key) else { return };
        self.bytes -= awaited.size();
        awaited.sent();
        if event.is_end() {
            self.end(key);
        }
    }

    /// Whether a stored subscription is one whose request has ended for this connection. One that was made anew is not.
    fn is_over(&self, key: &RequestKey, subscription: &Subscription) -> bool {
        let made = subscription.created_at;
        self.heard.get(key).is_some_and(|heard| match heard.subscription {
            Some(known) => known == made,
            None => made <= heard.until,
        })
    }

    /// Whether a subscription is new, as far as that is known.
    fn is_new(&self, subscription: &Subscription) -> bool {
        self.lost_until.is_none_or(|until| until < subscription.created_at)
    }
}

impl Outbox {
    pub(super) fn new(connection_id: impl Into<String>, tenant_id: impl Into<String>) -> Self {
        Self {
            connection_id: connection_id.into(),
            tenant_id: tenant_id.into(),
            state: Mutex::default(),
            filled: Notify::new(),
        }
    }

    pub(super) fn connection_id(&self) -> &str {
        &self.connection_id
    }

    pub(super) fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    /// Whether it waits for this request, or has room for one more.
    pub(crate) fn has_room_for(&self, key: &RequestKey) -> bool {
        let state = self.state();
        state.awaited.len() < MAX_AWAITED || state.awaited.contains_key(key)
    }

    /// Waits for a request from now on, as if nothing had been heard of it. Says whether there was room for it.
    pub(super) fn add(&self, key: &RequestKey, awaited: Awaited) -> bool {
        let mut state = self.state();
        state.remove(key);
        let has_room = state.awaited.len() < MAX_AWAITED && !state.is_closed;
        if has_room {
            state.heard.remove(key);
            state.awaited.insert(key.clone(), awaited);
        }
        has_room
    }

    /// No longer waits for a request, even if a subscription is stored yet.
    pub(super) fn remove(&self, key: &RequestKey) {
        self.state().end(key);
    }

    /// Waits for nothing any more, and never will. Gives the requests that it waited for.
    pub(super) fn clear(&self) -> Vec<RequestKey> {
        let state = std::mem::replace(&mut *self.state(), State { is_closed: true, ..State::default() });
        state.awaited.into_keys().collect()
    }

    /// Takes over what the table of subscriptions said of the connection at `as_of`; `is_all` says that these are all.
    pub(super) fn compare(&self, subscriptions: Vec<Subscription>, is_all: bool, as_of: Instant) -> Compared {
        let mut state = self.state();
        let mut compared = Compared::default();
        if state.is_closed {
            return compared;
        }
        let mut stored = HashSet::with_capacity(subscriptions.len());
        for subscription in subscriptions {
            let key = RequestKey::new(self.tenant_id.as_str(), subscription.request_id.as_str());
            stored.insert(key.clone());
            if let Some(awaited) = state.awaited.get_mut(&key) {
                awaited.take_over(&subscription, as_of);
            } else if state.is_over(&key, &subscription) {
                compared.over.push(subscription);
            } else if state.awaited.len() < MAX_AWAITED && state.is_new(&subscription) {
                state.heard.remove(&key);
                state.awaited.insert(key.clone(), Awaited::found(&subscription));
                compared.begun.push(key);
            }
        }
        if is_all {
            let is_dropped = |key: &RequestKey, awaited: &Awaited| {
                awaited.depends_on_subscription(as_of) && !stored.contains(key)
            };
            let awaited = state.awaited.iter();
            compared.dropped = awaited
                .filter(|(key, awaited)| is_dropped(key, awaited))
                .map(|(key, _)| key.clone())
                .collect();
            for key in &compared.dropped {
                state.remove(key);
            }
            state.heard.retain(|key, heard| stored.contains(key) || heard.at >= as_of);
        }
        compared
    }

    /// Whether its subscriptions are to be looked for again.
    pub(super) fn is_due_for_a_look(&self) -> bool {
        self.state().next_look.is_none_or(|next| next <= Instant::now())
    }

    /// Leaves its subscriptions alone for so long.
    pub(super) fn rest(&self, pause: Duration) {
        self.state().next_look = Instant::now().checked_add(pause);
    }

    /// Whether what the store says of a request may be news.
    pub(super) fn is_to_look_at(&self, key: &RequestKey) -> bool {
        self.state().awaited.get(key).is_some_and(Awaited::is_to_be_looked_at)
    }

    /// Lets what waits of a request be sent.
    pub(crate) fn release(&self, key: &RequestKey) {
        let mut state = self.state();
        if state.awaited.get_mut(key).is_some_and(Awaited::release) {
            state.due.push_back(key.clone());
            drop(state);
            self.filled.notify_one();
        }
    }

    /// Takes an event for sending that was so at `as_of`. Says whether there is nothing more to wait for.
    pub(super) fn offer(&self, key: &RequestKey, event: &Event, as_of: Instant) -> bool {
        let mut state = self.state();
        let room = MAX_WAITING_BYTES.saturating_sub(state.bytes);
        let Some(awaited) = state.awaited.get_mut(key) else { return true };
        let before = awaited.size();
        let taken = awaited.take(event, as_of, room);
        let after = awaited.size();
        state.bytes = state.bytes - before + after;
        match taken {
            Taken::First => {
                state.due.push_back(key.clone());
                drop(state);
                self.filled.notify_one();
                false
            }
            Taken::Waits | Taken::Known => false,
            Taken::Over => {
                state.end(key);
                true
            }
        }
    }

    /// Waits for the next thing to send, which then counts as sent. May be dropped while it waits.
    pub(super) async fn next(&self) -> Due {
        loop {
            if let Some(due) = self.try_next() {
                return due;
            }
            self.filled.notified().await;
        }
    }

    fn try_next(&self) -> Option<Due> {
        let mut state = self.state();
        while let Some(key) = state.due.front().cloned() {
            match state.awaited.get(&key).and_then(Awaited::pending) {
                // It stays where it is until it is resolved: to read it takes a while, and may be broken off.
                Some(Pending::Stored) => return Some(Due::Stored(key)),
                Some(Pending::Event(event)) => {
                    let event = event.clone();
                    state.due.pop_front();
                    state.sent(&key, &event);
                    return Some(Due::Event(key, event));
                }
                None => {
                    state.due.pop_front();
                }
            }
        }
        None
    }

    /// Gives what is to be sent of a request of which the store was asked at `as_of`, now that it says this; nothing where
    /// that is known, or not wanted.
    pub(super) fn resolve(&self, key: &RequestKey, event: Option<&Event>, as_of: Instant) -> Option<Event> {
        let mut state = self.state();
        // What came while the store was asked, and found room, waits as everything else does: it may be newer.
        if let Some(Pending::Event(_)) = state.awaited.get(key).and_then(Awaited::pending) {
            return None;
        }
        // It was asked for anew meanwhile, and that is answered first.
        if state.awaited.get(key).is_some_and(Awaited::is_held) {
            return None;
        }
        state.forget_due(key);
        let awaited = state.awaited.get_mut(key)?;
        awaited.forget_pending();
        let taken = event.map(|event| awaited.take(event, as_of, usize::MAX));
        match (taken, awaited.pending()) {
            (Some(Taken::First | Taken::Waits), Some(Pending::Event(event))) => {
                let event = event.clone();
                state.bytes += event.size();
                state.sent(key, &event);
                Some(event)
            }
            (Some(Taken::Over), _) => {
                state.end(key);
                None
            }
            _ => None,
        }
    }

    pub(super) fn awaits(&self, key: &RequestKey) -> bool {
        self.state().awaited.contains_key(key)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
