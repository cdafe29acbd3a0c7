use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use dynamorm::{Clock, Timestamp};

/// A clock that stands still until it is moved. Clones show the same time.
#[derive(Clone, Debug)]
pub struct TestClock {
    now: Arc<Mutex<Timestamp>>,
}

/// 2100-01-01: no engine deletes what expires after it, so that cases alone decide what has expired.
const START: i64 = 4_102_444_800;

impl TestClock {
    /// A clock that shows the beginning of the year 2100.
    pub fn new() -> Self {
        let start = Timestamp::from_unix_seconds(START).unwrap_or_default();
        Self { now: Arc::new(Mutex::new(start)) }
    }

    /// Moves the clock on.
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
