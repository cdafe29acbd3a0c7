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
        // A worker gives a sign of life each third of its lease.
        if self.bug == Some(Bug::NoHeartbeat) && duration == LEASE / 3 {
            return Box::pin(pending());
        }
        Box::pin(self.time.sleep(duration))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.process.spawn(task);
    }

    fn random(&self) -> u64 {
        self.dice.below(u64::MAX)
    }
}
