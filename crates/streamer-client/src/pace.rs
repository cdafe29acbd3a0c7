//! How many messages the client sends.

use std::time::Duration;

use tokio::time::Instant;

/// The messages a second that are sent for long: a few less than the 50 that a server takes of one connection.
const MESSAGES_PER_SECOND: u32 = 45;

/// The messages that are sent at once: a few less than the 100 that a server takes.
const BURST: u32 = 90;

/// A bucket that fills at a steady rate up to a burst, and that each message takes one from.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The instant at which the bucket is full.
    full_at: Instant,
    paused_until: Instant,
}

impl Pace {
    const INTERVAL: Duration = Duration::from_micros(1_000_000 / MESSAGES_PER_SECOND as u64);

    /// A full bucket.
    pub(crate) fn new(now: Instant) -> Self {
        Self { full_at: now, paused_until: now }
    }

    /// A full bucket for a new connection, with the pauses that were asked for on the one before.
    pub(crate) fn of_new_connection(&self, now: Instant) -> Self {
        Self { full_at: now, paused_until: self.paused_until }
    }

    /// When the next message may go.
    pub(crate) fn ready_at(&self) -> Instant {
        let room = Self::INTERVAL * (BURST - 1);
        self.full_at.checked_sub(room).unwrap_or(self.paused_until).max(self.paused_until)
    }

    /// Takes one from the bucket.
    pub(crate) fn take(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + Self::INTERVAL;
    }

    /// Sends nothing for this long.
    pub(crate) fn pause(&mut self, now: Instant, pause: Duration) {
        self.paused_until = self.paused_until.max(now + pause);
    }
}
