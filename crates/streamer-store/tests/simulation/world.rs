use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use dynamorm::{Clock, Db, Timestamp, testing::TestClock};
use streamer_store::StoreFactory;

use crate::{
    bug::Bug,
    dice::Dice,
    gate::Gate,
    history::Histories,
    scheduler::Scheduler,
    user::{Acknowledged, submit},
    wait::wait_for,
    worker::work,
};

/// Steps with faults, of all callers together.
const FAULTY_STEPS: u64 = 1_500;

/// Steps within which everything ends once the faults have stopped.
const CALM_STEPS: u64 = 60_000;

/// Three shards: a look at all of them is short, and there are several.
const SHARDS: u32 = 3;

/// How far a worker's clock may be off, both ways: together the skew that the store allows.
const MAX_OFF_MILLIS: u64 = 1_000;

/// The same in one run of four, far beyond what the store allows.
const FAR_OFF_MILLIS: u64 = 20_000;

/// One run.
pub(crate) struct World {
    dice: Dice,
    clock: TestClock,
    gate: Gate,
    max_off_millis: u64,
}

pub(crate) struct Outcome {
    pub(crate) failure: Option<String>,
    pub(crate) trace: u64,
    pub(crate) requests: u64,
}

/// A clock that is off, and goes on with every look: what is asked for twice is asked for at two instants.
#[derive(Debug)]
struct OffClock(TestClock, Duration);

impl Clock for OffClock {
    fn now(&self) -> Timestamp {
        self.0.advance(Duration::from_micros(1));
        self.0.now().checked_add(self.1).unwrap()
    }
}

impl World {
    pub(crate) fn new(seed: u64, bug: Option<Bug>) -> Self {
        let (dice, clock) = (Dice::new(seed), TestClock::new());
        let gate = Gate::new(dice.clone(), clock.clone(), bug);
        let is_far_off = seed % 4 == 3;
        if is_far_off {
            gate.histories(Histories::let_holders_overlap);
        }
        let max_off_millis = if is_far_off { FAR_OFF_MILLIS } else { MAX_OFF_MILLIS };
        Self { dice, clock, gate, max_off_millis }
    }

    pub(crate) fn run(self) -> Outcome {
        let gate = self.gate.clone();
        let outcome = catch_unwind(AssertUnwindSafe(|| self.play()));
        let panicked = outcome.err().map(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
        });
        let (trace, requests) = gate.trace();
        Outcome { failure: gate.failure().or(panicked), trace, requests }
    }

    fn stores(&self, gate: &Gate) -> StoreFactory {
        let off = Duration::from_millis(self.dice.below(2 * self.max_off_millis));
        let db = Db::new(gate.clone())
            .with_clock(OffClock(self.clock.clone(), off))
            .with_random(self.dice.clone());
        StoreFactory::from_db(db).with_shards(SHARDS)
    }

    fn play(self) {
        let tables = self.stores(&self.gate);
        run_alone(tables.ensure_tables()).unwrap();
        let (acknowledged, stop): (Acknowledged, _) = (Rc::default(), Rc::new(Cell::new(false)));
        let mut scheduler = Scheduler::new(self.dice.clone(), self.clock.clone());
        let workers = Rc::new(Cell::new(0_u64));
        let start_worker = |scheduler: &mut Scheduler| {
            workers.set(workers.get() + 1);
            let gate = self.gate.for_caller();
            let queue = self.stores(&gate).requests();
            let name = format!("w-{}", workers.get());
            let (dice, stop) = (self.dice.clone(), Rc::clone(&stop));
            scheduler.add(Arc::clone(&gate.crash), work(queue, name, dice, self.gate.clone(), stop));
        };

        self.gate.set_faulty(true);
        for tenant in ["acme", "other"] {
            let gate = self.gate.for_caller();
            let queue = self.stores(&gate).requests();
            let count = 1 + self.dice.below(6);
            let submitted = submit(queue, tenant, count, self.dice.clone(), Rc::clone(&acknowledged));
            scheduler.add(Arc::clone(&gate.crash), submitted);
        }
        for _ in 0..=self.dice.below(3) {
            start_worker(&mut scheduler);
        }
        for _ in 0..FAULTY_STEPS {
            if scheduler.is_idle() || self.dice.once_in(60) && workers.get() < 40 {
                start_worker(&mut scheduler);
            }
            scheduler.step();
            if self.gate.failure().is_some() {
                return;
            }
        }

        self.gate.set_faulty(false);
        start_worker(&mut scheduler);
        for step in 0..CALM_STEPS {
            scheduler.step();
            // A lease that no one holds any more, and the longest pause before a retry, pass quickly.
            if step % 50 == 0 {
                self.clock.advance(Duration::from_secs(20));
            }
            if self.gate.failure().is_some() || self.is_at_rest(&acknowledged.borrow()) {
                break;
            }
        }
        stop.set(true);
        let acknowledged: &RefCell<BTreeSet<_>> = &acknowledged;
        if !self.is_at_rest(&acknowledged.borrow()) {
            self.gate.histories(|histories| {
                let open: Vec<_> = histories
                    .all()
                    .filter(|(_, seen)| seen.is_open())
                    .map(|(name, _)| name.clone())
                    .collect();
                histories.fail(format!("not all have ended after the faults: {open:?}"));
            });
        }
    }

    /// Whether each request that was acknowledged is there, and none is open.
    fn is_at_rest(&self, acknowledged: &BTreeSet<(String, String)>) -> bool {
        self.gate.histories(|histories| {
            acknowledged.iter().all(|(tenant, id)| histories.last(&format!("REQ#{tenant}#{id}")).is_some())
                && histories.all().all(|(_, seen)| !seen.is_open())
        })
    }
}

/// Runs what takes no turns with others.
fn run_alone<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    wait_for(std::future::poll_fn(|context| {
        // A turn is pending once, and no one else is there to take it.
        match future.as_mut().poll(context) {
            std::task::Poll::Pending => {
                context.waker().wake_by_ref();
                std::task::Poll::Pending
            }
            ready => ready,
        }
    }))
}
