//! The clock that a `Db` carries.

use std::{fmt::Debug, time::SystemTime};

use crate::Timestamp;

/// Tells the time; tests and simulations set it.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock outside the years 0001 to 9999 is not one to stamp items by; the epoch is visibly wrong.
        Timestamp::try_from(SystemTime::now()).unwrap_or_default()
    }
}
