use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use dynamorm_core::{Clock, Timestamp};

/// A clock that stands still until it is moved. Clones show the same time.
#[derive(Clone, Debug)]
pub struct TestClock {
    now: Arc<Mutex<Timestamp>>,
}

/// 2100-01-01: no engine deletes what expires after it, so that the test alone decides what has expired.
const START: i64 = 4_102_444_800;

impl TestClock {
    /// A clock that shows the beginning of the year 2100.
    ///
    /// It is in the future, so that no engine, which has a clock of its own, deletes what the test still takes for
    /// alive.
    pub fn new() -> Self {
        Self::at(Timestamp::from_unix_seconds(START).unwrap_or_default())
    }

    /// A clock that shows `instant`.
    pub fn at(instant: Timestamp) -> Self {
        Self { now: Arc::new(Mutex::new(instant)) }
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, instant: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = instant;
    }

    /// Moves the clock on, up to the last instant that a [`Timestamp`] can be.
    pub fn advance(&self, duration: Duration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(duration);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_was_set_to_in_every_clone() {
        let clock = TestClock::new();
        let clone = clock.clone();
        let instant = Timestamp::from_unix_seconds(7).unwrap();

        clock.set(instant);
        clock.advance(Duration::from_secs(3));

        assert_eq!(clone.now(), Timestamp::from_unix_seconds(10).unwrap());
    }
}
