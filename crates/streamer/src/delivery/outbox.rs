//! What waits to be sent on one connection.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use streamer_store::RequestKey;
use tokio::sync::Notify;

use super::{
    MAX_AWAITED,
    awaited::{Awaited, Pending, Taken, Wants},
    event::Event,
};

/// The most bytes that wait on one connection. What is above is read from the store once it is its turn, so that a client
/// that does not read costs no more.
const MAX_WAITING_BYTES: usize = 256 * 1024;

/// The requests that one connection waits for, and what it is still to hear of each: the newest progress, then the end.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
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

    /// Notes that an event is sent.
    fn sent(&mut self, key: &RequestKey, event: &Event) {
        if event.is_end() {
            self.awaited.remove(key);
        } else if let Some(awaited) = self.awaited.get_mut(key) {
            awaited.sent();
        }
    }
}

impl Outbox {
    /// Whether it waits for this request, or has room for one more.
    pub(crate) fn has_room_for(&self, key: &RequestKey) -> bool {
        let state = self.state();
        state.awaited.len() < MAX_AWAITED || state.awaited.contains_key(key)
    }

    /// Waits for a request from now on, as if nothing had been heard of it; nothing is sent before
    /// [`release`](Self::release). Says whether there was room for it.
    pub(super) fn add(&self, key: &RequestKey, wants: Wants) -> bool {
        let mut state = self.state();
        if let Some(before) = state.awaited.remove(key) {
            state.bytes -= before.size();
            state.forget_due(key);
        }
        let has_room = state.awaited.len() < MAX_AWAITED;
        if has_room {
            state.awaited.insert(key.clone(), Awaited::new(wants));
        }
        has_room
    }

    /// No longer waits for a request. Says whether it did.
    pub(super) fn remove(&self, key: &RequestKey) -> bool {
        let mut state = self.state();
        let removed = state.awaited.remove(key);
        if let Some(awaited) = &removed {
            state.bytes -= awaited.size();
            state.forget_due(key);
        }
        removed.is_some()
    }

    /// No longer waits for anything. Gives the requests that it waited for.
    pub(super) fn clear(&self) -> Vec<RequestKey> {
        let State { awaited, .. } = std::mem::take(&mut *self.state());
        awaited.into_keys().collect()
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

    /// Takes an event for sending. Says whether there is nothing more to wait for.
    pub(super) fn offer(&self, key: &RequestKey, event: &Event) -> bool {
        let mut state = self.state();
        let room = MAX_WAITING_BYTES.saturating_sub(state.bytes);
        let Some(awaited) = state.awaited.get_mut(key) else { return true };
        let before = awaited.size();
        let taken = awaited.take(event, room);
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
                state.awaited.remove(key);
                state.bytes -= after;
                state.forget_due(key);
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
                    state.bytes -= event.size();
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

    /// Gives what is to be sent of a request of which the store was asked, now that it says this; nothing where that is
    /// known, or not wanted.
    pub(super) fn resolve(&self, key: &RequestKey, event: Option<&Event>) -> Option<Event> {
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
        let taken = event.map(|event| awaited.take(event, usize::MAX));
        match (taken, awaited.pending()) {
            (Some(Taken::First | Taken::Waits), Some(Pending::Event(event))) => {
                let event = event.clone();
                state.sent(key, &event);
                Some(event)
            }
            (Some(Taken::Over), _) => {
                state.awaited.remove(key);
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
