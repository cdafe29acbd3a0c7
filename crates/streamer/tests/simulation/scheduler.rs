use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use futures_util::future::BoxFuture;

use crate::{dice::Dice, process::Process, time::Time};

/// The longest time that passes while one task goes on to its next wait.
const STEP_MICROS: u64 = 10_000;

/// Says who goes on: one of the tasks that can, as the dice fall.
pub(crate) struct Scheduler {
    tasks: Vec<Task>,
    dice: Dice,
    time: Time,
}

struct Task {
    future: BoxFuture<'static, ()>,
    process: Process,
    /// The process ends with it.
    is_main: bool,
    woken: Arc<Woken>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Scheduler {
    pub(crate) fn new(dice: Dice, time: Time) -> Self {
        Self { tasks: Vec::new(), dice, time }
    }

    /// Starts a process, which ends with its main task.
    pub(crate) fn start(&mut self, process: Process, main: impl Future<Output = ()> + Send + 'static) {
        self.add(Box::pin(main), process, true);
    }

    fn add(&mut self, future: BoxFuture<'static, ()>, process: Process, is_main: bool) {
        self.tasks.push(Task { future, process, is_main, woken: Arc::new(Woken(AtomicBool::new(true))) });
    }

    /// Whether a process has not ended.
    pub(crate) fn is_running(&self, process: &Process) -> bool {
        self.tasks.iter().any(|task| task.process.is(process))
    }

    /// One task goes on to its next wait, and a little time passes; if none can, time passes until one does. Says whether
    /// that happens at all.
    pub(crate) fn step(&mut self) -> bool {
        let now = self.time.now();
        let is_paused = |task: &Task| task.process.paused_until().is_some_and(|end| end > now);
        let ready: Vec<_> = (0..self.tasks.len())
            .filter(|&place| {
                let task = &self.tasks[place];
                task.woken.0.load(Ordering::Relaxed) && !is_paused(task)
            })
            .collect();
        if ready.is_empty() {
            let pauses = self.tasks.iter().filter(|task| is_paused(task));
            let resumed = pauses.filter_map(|task| task.process.paused_until()).min();
            let Some(next) = [self.time.next(), resumed].into_iter().flatten().min() else { return false };
            self.time.advance(next.saturating_duration_since(now));
            return true;
        }
        self.go_on(ready[usize::try_from(self.dice.below(ready.len() as u64)).unwrap()]);
        self.time.advance(Duration::from_micros(self.dice.below(STEP_MICROS)));
        true
    }

    fn go_on(&mut self, place: usize) {
        let task = &mut self.tasks[place];
        let process = task.process.clone();
        task.woken.0.store(false, Ordering::Relaxed);
        let waker = Waker::from(Arc::clone(&task.woken));
        let is_done = task.future.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Ready(());
        if process.is_crashed() || is_done && task.is_main {
            drop(process.take_spawned());
            self.tasks.retain(|task| !task.process.is(&process));
            return;
        }
        if is_done {
            drop(self.tasks.swap_remove(place));
        }
        for spawned in process.take_spawned() {
            self.add(spawned, process.clone(), false);
        }
    }
}
