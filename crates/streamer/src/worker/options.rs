//! How a worker works.

use std::time::Duration;

use streamer_store::DEFAULT_LEASE;

use crate::error::{Error, Result};

/// How many requests a worker carries out at the same time, unless said otherwise.
pub const DEFAULT_CONCURRENCY: usize = 16;

/// The shortest lease: a third of it passes between two signs of life.
pub const MIN_LEASE: Duration = Duration::from_secs(1);

/// The shortest poll interval, and the first pause when nothing is due; it doubles up to the poll interval.
pub const MIN_POLL_INTERVAL: Duration = Duration::from_millis(50);

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// How many requests it carries out at the same time: 16 unless said otherwise.
    pub concurrency: usize,
    /// How long it holds a request without a sign of life: 30 s unless said otherwise, a second at least. It gives one each third of that.
    /// What a dead worker held is claimed by another after that and two seconds more.
    pub lease: Duration,
    /// How long it waits at most before it looks for work again, when there was none: a second unless said otherwise.
    /// 50 ms at least. Work of the same process wakes it at once.
    pub poll_interval: Duration,
    /// How long it goes on with what it holds once it is to stop: 15 s unless said otherwise. What is not done then is
    /// given back, its try not counted.
    pub grace: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            concurrency: DEFAULT_CONCURRENCY,
            lease: DEFAULT_LEASE,
            poll_interval: Duration::from_secs(1),
            grace: Duration::from_secs(15),
        }
    }
}

impl WorkerOptions {
    /// Checks that nothing is so short that the worker would do little else.
    pub(crate) fn check(&self) -> Result<()> {
        for (name, given, least) in
            [("lease", self.lease, MIN_LEASE), ("poll interval", self.poll_interval, MIN_POLL_INTERVAL)]
        {
            if given < least {
                return Err(Error::configuration(format!(
                    "the worker's {name} is {given:?}; it has to be {least:?} at least"
                )));
            }
        }
        Ok(())
    }
}
