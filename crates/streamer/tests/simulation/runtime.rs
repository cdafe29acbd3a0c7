use std::{future::pending, time::Duration};

use futures_util::future::BoxFuture;
use streamer::worker::Runtime;

use crate::{bug::Bug, dice::Dice, process::Process, time::Time, world::LEASE};

/// Time, tasks and chance of a worker, all of them virtual.
#[derive(Debug)]
pub(crate) struct SimulatedRuntime {
    pub(crate) process: Process,
    pub(crate) time: Time,
    pub(crate) dice: Dice,
    pub(crate) bug: Option<Bug>,
}

impl Runtime for SimulatedRuntime {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let is_never_over = match self.bug {
            // A worker gives a sign of life each third of its lease.
            Some(Bug::NoHeartbeat) => duration == LEASE / 3,
            // What is left of a lease when its claim, or its extension, is answered.
            Some(Bug::EndlessLease) => (LEASE - Duration::from_secs(1)..=LEASE).contains(&duration),
            _ => false,
        };
        if is_never_over { Box::pin(pending()) } else { Box::pin(self.time.sleep(duration)) }
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.process.spawn(task);
    }

    fn random(&self) -> u64 {
        self.dice.below(u64::MAX)
    }
}
