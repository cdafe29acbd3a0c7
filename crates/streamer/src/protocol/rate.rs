//! How many messages a connection may send.

use std::time::{Duration, Instant};

/// A bucket that fills at a steady rate up to a burst, and that each message takes one from.
///
/// Kept as one instant: the one at which the bucket is full again.
#[derive(Clone, Debug)]
pub struct RateLimit {
    interval: Duration,
    capacity: Duration,
    full_at: Instant,
}

impl RateLimit {
    /// Makes a full bucket of `burst` that gains `per_second`. Zero counts as one.
    pub fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self { interval, capacity: interval * burst.max(1), full_at: now }
    }

    /// Takes one from the bucket, or says how long it takes until there is one.
    ///
    /// # Errors
    /// The time after which the next one is there. A refused message takes nothing.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let full_at = self.full_at.max(now) + self.interval;
        let latest = now + self.capacity;
        if full_at > latest {
            return Err(full_at - latest);
        }
        self.full_at = full_at;
        Ok(())
    }
}
