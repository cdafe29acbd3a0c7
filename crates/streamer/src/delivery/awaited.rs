//! What a connection has heard of one request, and what it is still to hear.

use std::{collections::BTreeSet, time::Instant};

use streamer_store::{EventType, Progress, Subscription, Timestamp};

use super::event::Event;

/// Which events a connection wants to hear of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Wants(BTreeSet<EventType>);

impl Wants {
    /// All of them.
    pub(crate) fn all() -> Self {
        Self(BTreeSet::from([EventType::All]))
    }

    /// Those that a subscription names.
    pub(crate) fn of(subscription: &Subscription) -> Self {
        Self(subscription.event_types.iter().filter_map(|name| EventType::named(name)).collect())
    }

    fn include(&self, event: &Event) -> bool {
        self.0.contains(&EventType::All) || self.0.contains(&event.event_type())
    }
}

/// One request that a connection waits for.
#[derive(Debug)]
pub(super) struct Awaited {
    wants: Wants,
    /// Since when: what the store said before speaks of what was waited for then.
    since: Instant,
    /// Whether it waits for what it submitted, whatever is stored of subscriptions.
    is_submitted: bool,
    /// When the stored subscription was made, where there is one.
    subscription: Option<Timestamp>,
    /// Whether the request has been there, so that it may be gone. Whoever writes a subscription may do so before.
    is_there: bool,
    /// Whether nothing is sent yet: the answer to the message that asked for it goes first.
    is_held: bool,
    /// The progress that was sent last.
    sent: Option<Progress>,
    /// As of when the newest progress was, of all that was taken.
    as_of: Instant,
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
    /// A request that the connection submits.
    pub(super) fn submitted() -> Self {
        Self { is_submitted: true, ..Self::new(Wants::all(), None) }
    }

    /// A request that the connection subscribes to.
    pub(super) fn subscribed(subscription: &Subscription) -> Self {
        Self::new(Wants::of(subscription), Some(subscription.created_at))
    }

    /// A request that something else subscribed the connection to.
    pub(super) fn found(subscription: &Subscription) -> Self {
        Self { is_held: false, is_there: false, ..Self::subscribed(subscription) }
    }

    fn new(wants: Wants, subscription: Option<Timestamp>) -> Self {
        let now = Instant::now();
        Self {
            wants,
            since: now,
            is_submitted: false,
            subscription,
            is_there: true,
            is_held: true,
            sent: None,
            as_of: now,
            pending: None,
        }
    }

    /// Takes an event for sending that was so at `as_of`; `room` is how many bytes may still be kept.
    pub(super) fn take(&mut self, event: &Event, as_of: Instant, room: usize) -> Taken {
        if as_of < self.since || matches!(&self.pending, Some(Pending::Event(pending)) if pending.is_end()) {
            return Taken::Known;
        }
        match event {
            Event::Gone if !self.is_there => return Taken::Known,
            Event::Gone => {}
            _ => self.is_there = true,
        }
        if !self.wants.include(event) {
            return if event.is_end() { Taken::Over } else { Taken::Known };
        }
        let event = match event {
            // A slow look at the store comes after what was written, and told, meanwhile.
            Event::Progress(_) if as_of < self.as_of => return Taken::Known,
            Event::Progress(progress) => match self.newer(progress) {
                Some(progress) => Event::Progress(progress),
                None => return Taken::Known,
            },
            end => end.clone(),
        };
        let first = self.pending.is_none() && !self.is_held;
        self.pending = Some(if event.size() <= room + self.size() {
            self.as_of = as_of;
            Pending::Event(event)
        } else {
            Pending::Stored
        });
        if first { Taken::First } else { Taken::Waits }
    }

    /// Takes over what the table of subscriptions said of it at `as_of`.
    pub(super) fn take_over(&mut self, subscription: &Subscription, as_of: Instant) {
        if as_of < self.since {
            return;
        }
        self.subscription = Some(subscription.created_at);
        if !self.is_submitted {
            self.wants = Wants::of(subscription);
        }
    }

    /// Whether it waited by a subscription alone, which was there before `as_of`.
    pub(super) fn depends_on_subscription(&self, as_of: Instant) -> bool {
        !self.is_submitted && self.since < as_of
    }

    /// When the stored subscription was made that it waits by, if there is one.
    pub(super) fn subscription(&self) -> Option<Timestamp> {
        self.subscription
    }

    /// Whether what the store says may be news: nothing follows an end, and what there is no room for is read once it is
    /// its turn.
    pub(super) fn is_to_be_looked_at(&self) -> bool {
        !match &self.pending {
            Some(Pending::Event(event)) => event.is_end(),
            Some(Pending::Stored) => true,
            None => false,
        }
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
