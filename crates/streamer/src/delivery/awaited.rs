//! What a connection has heard of one request, and what it is still to hear.

use std::collections::BTreeSet;

use streamer_store::{EventType, Progress};

use super::event::Event;

/// Which events a connection wants to hear of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Wants(BTreeSet<EventType>);

impl Wants {
    /// All of them.
    pub(crate) fn all() -> Self {
        Self(BTreeSet::from([EventType::All]))
    }

    pub(crate) fn of(event_types: impl IntoIterator<Item = EventType>) -> Self {
        Self(event_types.into_iter().collect())
    }

    fn include(&self, event: &Event) -> bool {
        self.0.contains(&EventType::All) || self.0.contains(&event.event_type())
    }
}

/// One request that a connection waits for.
#[derive(Debug)]
pub(super) struct Awaited {
    wants: Wants,
    /// Whether nothing is sent yet: the answer to the message that asked for it goes first.
    is_held: bool,
    /// The progress that was sent last.
    sent: Option<Progress>,
    pending: Option<Pending>,
}

/// What is to be sent next.
#[derive(Debug)]
pub(super) enum Pending {
    /// This.
    Event(Event),
    /// What the store says then: too much waits already to keep it here.
    Stored,
}

/// What became of an event that was offered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Taken {
    /// It waits to be sent, and nothing did before.
    First,
    /// It waits in place of an older one, or until the answer is sent.
    Waits,
    /// It says nothing new.
    Known,
    /// It is an end that is not wanted: there is nothing left to wait for.
    Over,
}

impl Awaited {
    pub(super) fn new(wants: Wants) -> Self {
        Self { wants, is_held: true, sent: None, pending: None }
    }

    /// Takes an event for sending; `room` is how many bytes may still be kept.
    pub(super) fn take(&mut self, event: &Event, room: usize) -> Taken {
        if matches!(&self.pending, Some(Pending::Event(pending)) if pending.is_end()) {
            return Taken::Known;
        }
        if !self.wants.include(event) {
            return if event.is_end() { Taken::Over } else { Taken::Known };
        }
        let event = match event {
            Event::Progress(progress) => match self.newer(progress) {
                Some(progress) => Event::Progress(progress),
                None => return Taken::Known,
            },
            end => end.clone(),
        };
        let first = self.pending.is_none() && !self.is_held;
        let fits = event.size() <= room + self.size();
        self.pending = Some(if fits { Pending::Event(event) } else { Pending::Stored });
        if first { Taken::First } else { Taken::Waits }
    }

    /// The progress as it is to be sent: never less than before; `None` where that says nothing new.
    fn newer(&self, progress: &Progress) -> Option<Progress> {
        let waiting = match &self.pending {
            Some(Pending::Event(Event::Progress(progress))) => Some(progress),
            _ => None,
        };
        let last = waiting.or(self.sent.as_ref());
        let mut newer = progress.clone();
        newer.percentage = newer.percentage.max(last.map_or(0, |last| last.percentage));
        (last != Some(&newer)).then_some(newer)
    }

    /// How many bytes wait here.
    pub(super) fn size(&self) -> usize {
        match &self.pending {
            Some(Pending::Event(event)) => event.size(),
            Some(Pending::Stored) | None => 0,
        }
    }

    /// Lets events be sent. Says whether one waits.
    pub(super) fn release(&mut self) -> bool {
        std::mem::take(&mut self.is_held) && self.pending.is_some()
    }

    /// Whether the answer to the message that asked for it is yet to be sent.
    pub(super) fn is_held(&self) -> bool {
        self.is_held
    }

    /// What is to be sent next.
    pub(super) fn pending(&self) -> Option<&Pending> {
        self.pending.as_ref()
    }

    /// Notes that what waited is sent.
    pub(super) fn sent(&mut self) {
        if let Some(Pending::Event(Event::Progress(progress))) = self.pending.take() {
            self.sent = Some(progress);
        }
    }

    /// Nothing waits any more.
    pub(super) fn forget_pending(&mut self) {
        self.pending = None;
    }
}
