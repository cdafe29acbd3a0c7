//! Whether a client is still there.

use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

/// How many heartbeats in a row a client may let pass without any frame.
const MISSED_HEARTBEATS: u32 = 2;

/// Beats at an interval, and remembers when the client last gave a sign of life.
#[derive(Debug)]
pub(super) struct Heartbeat {
    interval: Interval,
    last_sign: Instant,
}

/// What is due at a beat.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Beat {
    /// Send a ping, which the client answers.
    Ping,
    /// The client has missed too many: take it for gone.
    Silent,
}

impl Heartbeat {
    pub(super) fn new(every: Duration) -> Self {
        let now = Instant::now();
        let mut interval = interval_at(now + every, every);
        // After a stall (a suspended machine) beats must not come in a burst: clients need time to answer.
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { interval, last_sign: now }
    }

    /// Notes a sign of life: any frame.
    pub(super) fn sign(&mut self) {
        self.last_sign = Instant::now();
    }

    /// Waits for the next beat. May be dropped while it waits.
    pub(super) async fn beat(&mut self) -> Beat {
        let now = self.interval.tick().await;
        let allowed = self.interval.period() * MISSED_HEARTBEATS;
        if now.saturating_duration_since(self.last_sign) >= allowed { Beat::Silent } else { Beat::Ping }
    }
}
