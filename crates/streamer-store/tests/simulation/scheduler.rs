use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use dynamorm::testing::TestClock;

use crate::dice::Dice;

/// A caller: it goes on when the dice say so, until it is done or crashes.
struct Caller {
    future: Pin<Box<dyn Future<Output = ()>>>,
    crash: Arc<AtomicBool>,
}

/// Says who goes on.
pub(crate) struct Scheduler {
    callers: Vec<Caller>,
    dice: Dice,
    clock: TestClock,
}

impl Scheduler {
    pub(crate) fn new(dice: Dice, clock: TestClock) -> Self {
        Self { callers: Vec::new(), dice, clock }
    }

    pub(crate) fn add(&mut self, crash: Arc<AtomicBool>, future: impl Future<Output = ()> + 'static) {
        self.callers.push(Caller { future: Box::pin(future), crash });
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.callers.is_empty()
    }

    /// One caller goes on to its next request, and a little time passes.
    pub(crate) fn step(&mut self) {
        let chosen = usize::try_from(self.dice.below(self.callers.len() as u64)).unwrap();
        let caller = &mut self.callers[chosen];
        let done = caller.future.as_mut().poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(());
        if done || caller.crash.load(Ordering::Relaxed) {
            self.callers.swap_remove(chosen);
        }
        self.clock.advance(Duration::from_millis(self.dice.below(200)));
    }
}
