use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::watch;

use dynamorm_core::transport::Operation;

use super::{fault::Fault, random::SeededRandom};

/// The rules of one layer of faults, in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Rules {
    added: Mutex<Vec<Added>>,
    random: SeededRandom,
}

#[derive(Debug)]
struct Added {
    operation: Option<Operation>,
    when: When,
    fault: Fault,
    /// The requests that it might have struck.
    met: u64,
    injected: Injected,
}

/// Which of the requests that a rule meets it strikes, counted from 1.
#[derive(Clone, Copy, Debug)]
enum When {
    Always,
    Nth(u64),
    Times(u64),
    WithProbability(f64),
}

impl Rules {
    /// What goes wrong with the next request, which is one of `operation`.
    ///
    /// Every rule counts every request, so that what one rule does moves no other one.
    pub(super) fn strike(&self, operation: Operation) -> Option<(Fault, Injected)> {
        let mut struck = None;
        for rule in self.added().iter_mut() {
            if rule.meets(operation) && rule.wants_next(&self.random) && struck.is_none() {
                rule.injected.shared.strikes.fetch_add(1, Ordering::Relaxed);
                struck = Some((rule.fault, rule.injected.clone()));
            }
        }
        struck
    }

    pub(super) fn seed(&self, seed: u64) {
        self.random.begin_anew(seed);
    }

    pub(super) fn clear(&self) {
        for rule in self.added().drain(..) {
            rule.injected.release();
        }
    }

    fn added(&self) -> MutexGuard<'_, Vec<Added>> {
        self.added.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Added {
    fn meets(&self, operation: Operation) -> bool {
        self.operation.is_none_or(|expected| expected == operation) && self.fault.befalls(operation)
    }

    /// Counts a request; whether it is to be struck.
    fn wants_next(&mut self, random: &SeededRandom) -> bool {
        self.met += 1;
        match self.when {
            When::Always => true,
            When::Nth(nth) => self.met == nth,
            When::Times(times) => self.met <= times,
            When::WithProbability(probability) => random.happens(probability),
        }
    }
}

/// A rule that is being made: what [`Faults::on`](super::Faults::on) returns. It strikes every request of its
/// operation unless it says which.
#[derive(Debug)]
#[must_use = "a rule holds once it is told what to inject"]
pub struct Rule {
    rules: Arc<Rules>,
    operation: Option<Operation>,
    when: When,
}

impl Rule {
    pub(super) fn new(rules: Arc<Rules>, operation: Option<Operation>) -> Self {
        Self { rules, operation, when: When::Always }
    }

    /// Strikes one request alone: 1 is the next one.
    ///
    /// Of `nth`, [`times`](Self::times) and [`with_probability`](Self::with_probability), the last one holds.
    pub fn nth(mut self, nth: u64) -> Self {
        self.when = When::Nth(nth.max(1));
        self
    }

    /// Strikes the next `times` requests.
    pub fn times(mut self, times: u64) -> Self {
        self.when = When::Times(times);
        self
    }

    /// Strikes each request with this probability, from 0.0 to 1.0.
    ///
    /// What is drawn follows from the seed of [`Faults::seed`](super::Faults::seed): requests that are sent
    /// one after the other are struck alike in every run.
    pub fn with_probability(mut self, probability: f64) -> Self {
        self.when = When::WithProbability(probability);
        self
    }

    /// Lets `fault` happen to the requests of this rule, from the next one on.
    ///
    /// Requests that it cannot happen to, such as a `GetItem` that would be left unprocessed, are not met and not
    /// counted.
    pub fn inject(self, fault: Fault) -> Injected {
        let injected = Injected::default();
        let Self { rules, operation, when } = self;
        rules.added().push(Added { operation, when, fault, met: 0, injected: injected.clone() });
        injected
    }
}

/// A fault that was injected: what [`Rule::inject`] returns. A rule holds on when this is dropped.
#[derive(Clone, Debug, Default)]
pub struct Injected {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    strikes: AtomicU64,
    is_released: watch::Sender<bool>,
}

impl Injected {
    /// How many requests the rule has struck: a test that injects a fault and never meets it shows nothing.
    pub fn count(&self) -> u64 {
        self.shared.strikes.load(Ordering::Relaxed)
    }

    /// Lets the requests go on that the rule holds by [`Fault::Held`], and those that it will strike.
    pub fn release(&self) {
        self.shared.is_released.send_replace(true);
    }

    /// Waits for [`Injected::release`].
    pub(super) async fn released(&self) {
        // The sender is part of what is waited on; it cannot be gone.
        let mut is_released = self.shared.is_released.subscribe();
        let _released = is_released.wait_for(|is_released| *is_released).await;
    }
}
