use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use dynamorm::{Clock, Db, Timestamp, testing::TestClock};
use streamer::{
    handler::Handlers,
    worker::{Worker, WorkerOptions},
};
use streamer_store::{RequestQueue, StoreFactory};

use crate::{
    bug::Bug,
    dice::{Chance, Dice},
    engine::Engine,
    gate::Gate,
    handler::{Dicing, Kind},
    history::Histories,
    overheard::Overheard,
    process::Process,
    runtime::SimulatedRuntime,
    scheduler::Scheduler,
    tally::{Happening, Tally},
    time::Time,
    user::{Acknowledged, FLOODING_TENANT, User, Wakes},
    wait::wait_for,
};

/// How long a worker holds a request without a sign of life.
pub(crate) const LEASE: Duration = Duration::from_secs(10);

/// How long a handler has to notice a cancellation: the worker's own number.
pub(crate) const CANCELLATION_TIME: Duration = Duration::from_secs(5);

/// Steps with faults, of all tasks together.
const FAULTY_STEPS: u64 = 3_000;

/// The same, where high-priority work never ends: long enough that what waits behind it would starve.
const FLOODED_STEPS: u64 = 9_000;

/// Within so many steps, and so much time, everything ends once the faults have stopped, and so do the workers when they
/// are told to stop.
const CALM_STEPS: u64 = 40_000;
const CALM_TIME: Duration = Duration::from_secs(3_600);

/// Two shards: a look at all of them is short, and there are several.
const SHARDS: u32 = 2;

/// How long a worker waits at most before it looks for work again: most of a run's requests are such looks.
const POLL_INTERVAL: Duration = Duration::from_secs(4);

/// How far a worker's clock may be off, both ways: together the skew that the store allows.
const MAX_OFF_MILLIS: u64 = 1_000;

/// The same in one run of four, far beyond what the store allows.
const FAR_OFF_MILLIS: u64 = 20_000;

/// How many workers there are at the same time.
const MAX_WORKERS: usize = 4;

/// One run.
pub(crate) struct World {
    dice: Dice,
    time: Time,
    gate: Gate,
    bug: Option<Bug>,
    max_off_millis: u64,
    is_flooded: bool,
    scheduler: Scheduler,
    workers: Vec<Process>,
    starts: u64,
    wakes: Wakes,
    acknowledged: Acknowledged,
}

pub(crate) struct Outcome {
    pub(crate) failure: Option<String>,
    pub(crate) trace: u64,
    pub(crate) tally: Tally,
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
        let (dice, time) = (Dice::new(seed), Time::default());
        // A file costs a sync with every write.
        let engine = if seed % 12 == 2 { Engine::on_file() } else { Engine::in_memory() };
        let gate = Gate::new(engine, dice.clone(), time.clone(), bug);
        let is_far_off = seed % 4 == 3;
        if is_far_off {
            gate.histories(Histories::let_holders_overlap);
        }
        Self {
            scheduler: Scheduler::new(dice.clone(), time.clone()),
            dice,
            time,
            gate,
            bug,
            max_off_millis: if is_far_off { FAR_OFF_MILLIS } else { MAX_OFF_MILLIS },
            is_flooded: seed % 6 == 1,
            workers: Vec::new(),
            starts: 0,
            wakes: Wakes::default(),
            acknowledged: Acknowledged::default(),
        }
    }

    pub(crate) fn run(self) -> Outcome {
        let gate = self.gate.clone();
        let overheard = Overheard { gate: gate.clone() };
        let play = AssertUnwindSafe(|| tracing::subscriber::with_default(overheard, || self.play()));
        let panicked = catch_unwind(play).err().map(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
        });
        Outcome { failure: gate.failure().or(panicked), trace: gate.trace(), tally: gate.tally() }
    }

    fn play(mut self) {
        wait_for(self.stores(&self.gate).ensure_tables()).unwrap();
        let is_over = Arc::new(AtomicBool::new(false));
        let mut users = self.start_users();
        if self.is_flooded {
            self.start_flood(&is_over);
        }
        for _ in 0..=self.dice.below(3) {
            self.start_worker();
        }
        let steps = if self.is_flooded { FLOODED_STEPS } else { FAULTY_STEPS };
        for _ in 0..steps {
            self.meddle();
            self.step();
            users.retain(|user| self.scheduler.is_running(user));
            if self.gate.failure().is_some() || users.is_empty() && !self.is_flooded && self.is_at_rest() {
                break;
            }
        }
        is_over.store(true, Ordering::Relaxed);
        users.push(self.calm_down());
        if self.gate.failure().is_none() {
            self.come_to_rest(&users);
        }
    }

    fn stores(&self, gate: &Gate) -> StoreFactory {
        let off = Duration::from_millis(self.dice.below(2 * self.max_off_millis));
        let db = Db::new(gate.clone())
            .with_clock(OffClock(self.time.clock().clone(), off))
            .with_random(Chance { dice: self.dice.clone(), bug: self.bug });
        StoreFactory::from_db(db).with_shards(SHARDS)
    }

    fn user(&self, tenant: &'static str, queue: RequestQueue) -> User {
        User {
            queue,
            tenant,
            dice: self.dice.clone(),
            time: self.time.clone(),
            acknowledged: Arc::clone(&self.acknowledged),
            wakes: Arc::clone(&self.wakes),
        }
    }

    fn start_users(&mut self) -> Vec<Process> {
        let start = |tenant: &'static str| {
            let process = Process::new(tenant.to_owned());
            let user = self.user(tenant, self.stores(&self.gate.for_process(&process)).requests());
            let count = 1 + self.dice.below(8);
            self.scheduler.start(process.clone(), user.submit(count));
            process
        };
        ["acme", "other", "third"].map(start).into()
    }

    /// Starts who submits requests of high priority without end. Nothing goes wrong with these.
    fn start_flood(&mut self, is_over: &Arc<AtomicBool>) {
        let user = self.user(FLOODING_TENANT, self.stores(&self.gate).requests());
        let gate = self.gate.clone();
        let waiting = move || gate.histories(|histories| histories.waiting_at_high_priority());
        let process = Process::new(FLOODING_TENANT.to_owned());
        self.scheduler.start(process, user.flood(waiting, Arc::clone(is_over)));
    }

    fn start_worker(&mut self) {
        self.starts += 1;
        let process = Process::new(format!("w-{}", self.starts));
        let gate = self.gate.for_process(&process);
        let mut handlers = Handlers::new();
        for kind in Kind::ALL {
            let (dice, time, gate) = (self.dice.clone(), self.time.clone(), gate.clone());
            handlers.add(Dicing { kind, dice, time, gate, process: process.clone() }).unwrap();
        }
        let options = WorkerOptions {
            // What is due at high priority is more than what is asked for.
            concurrency: if self.is_flooded { 1 } else { 1 + usize::try_from(self.dice.below(4)).unwrap() },
            lease: LEASE,
            poll_interval: POLL_INTERVAL,
            grace: Duration::from_millis(self.dice.below(4_000)),
        };
        let runtime = SimulatedRuntime {
            process: process.clone(),
            time: self.time.clone(),
            dice: self.dice.clone(),
            bug: self.bug,
        };
        let queue = self.stores(&gate).requests();
        let worker =
            Worker::new(queue, handlers, process.name(), options).unwrap().with_runtime(Arc::new(runtime));
        self.wakes.lock().unwrap().push(worker.wake());
        let stop = process.stop().clone();
        self.scheduler.start(process.clone(), worker.run(stop));
        self.workers.push(process);
    }

    /// Starts a worker, or stops or pauses one, or closes or opens the engine, now and then.
    fn meddle(&mut self) {
        self.workers.retain(|worker| self.scheduler.is_running(worker));
        let (dice, workers) = (self.dice.clone(), self.workers.len());
        if workers == 0 || workers < MAX_WORKERS && dice.once_in(150) {
            self.start_worker();
        } else if workers > 0 && dice.once_in(250) {
            let worker = &self.workers[usize::try_from(dice.below(workers as u64)).unwrap()];
            if dice.once_in(2) {
                self.gate.count(Happening::GoodOrderStop);
                worker.stop().cancel();
            } else {
                self.gate.count(Happening::Pause);
                let pause = Duration::from_millis(dice.below(40_000));
                worker.pause_until(self.time.now().saturating_add(pause));
            }
        }
        if !self.gate.engine().is_open() {
            if dice.once_in(20) {
                self.gate.reopen_engine();
            }
        } else if self.gate.engine().is_on_file() && dice.once_in(150) {
            self.gate.engine().close();
        }
    }

    fn step(&mut self) {
        if !self.scheduler.step() {
            self.fail("no one goes on, nor ever will");
        }
    }

    fn fail(&self, failure: &str) {
        self.gate.histories(|histories| histories.fail(failure.to_owned()));
    }

    /// Ends all faults. Gives a last user.
    fn calm_down(&mut self) -> Process {
        if !self.gate.engine().is_open() {
            self.gate.reopen_engine();
        }
        for worker in self.workers.iter().filter(|worker| worker.paused_until().is_some()) {
            worker.pause_until(self.time.now());
        }
        self.gate.calm_down();
        self.start_worker();
        // What is carried out without a fault keeps its lease.
        let process = Process::new("calm".to_owned());
        let user = self.user("calm", self.stores(&self.gate).requests());
        self.scheduler.start(process.clone(), user.submit_long(2));
        process
    }

    /// Everything ends within a bound; then the workers do.
    fn come_to_rest(&mut self, users: &[Process]) {
        let is_done =
            |world: &Self| world.is_at_rest() && !users.iter().any(|user| world.scheduler.is_running(user));
        if !self.step_until(is_done) {
            let open = self.gate.histories(|histories| {
                let open = histories.all().filter(|(_, seen)| seen.is_open());
                open.map(|(name, _)| name.clone()).collect::<BTreeSet<_>>()
            });
            return self.fail(&format!("not all have ended after the faults: {open:?}"));
        }
        for worker in &self.workers {
            worker.stop().cancel();
        }
        let are_stopped =
            |world: &Self| !world.workers.iter().any(|worker| world.scheduler.is_running(worker));
        if !self.step_until(are_stopped) {
            return self.fail("a worker that was told to stop goes on");
        }
        self.gate.histories(Histories::check_claims);
    }

    /// Goes on until something is so. Says whether it was, within the bounds.
    fn step_until(&mut self, is_so: impl Fn(&Self) -> bool) -> bool {
        let end = self.time.now().saturating_add(CALM_TIME);
        for _ in 0..CALM_STEPS {
            if is_so(self) {
                return true;
            }
            if self.gate.failure().is_some() || self.time.now() > end {
                return false;
            }
            self.step();
        }
        false
    }

    /// Whether each request that was acknowledged is there, and none is open.
    fn is_at_rest(&self) -> bool {
        let acknowledged = self.acknowledged.lock().unwrap();
        self.gate.histories(|histories| {
            acknowledged.iter().all(|name| histories.last(name).is_some())
                && histories.all().all(|(_, seen)| !seen.is_open())
        })
    }
}
