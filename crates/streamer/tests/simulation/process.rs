use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use dynamorm::Timestamp;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

/// A program: its tasks crash and pause together. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Process(Arc<Inner>);

struct Inner {
    name: String,
    stop: CancellationToken,
    is_crashed: AtomicBool,
    paused_until: Mutex<Option<Timestamp>>,
    spawned: Mutex<Vec<BoxFuture<'static, ()>>>,
}

impl Process {
    pub(crate) fn new(name: String) -> Self {
        Self(Arc::new(Inner {
            name,
            stop: CancellationToken::new(),
            is_crashed: AtomicBool::new(false),
            paused_until: Mutex::default(),
            spawned: Mutex::default(),
        }))
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Tells it to stop in good order.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// Ends it where it is: none of its tasks goes on.
    pub(crate) fn crash(&self) {
        self.0.is_crashed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_crashed(&self) -> bool {
        self.0.is_crashed.load(Ordering::Relaxed)
    }

    /// Lets it do nothing until then, and know nothing of it.
    pub(crate) fn pause_until(&self, instant: Timestamp) {
        *self.0.paused_until.lock().unwrap() = Some(instant);
    }

    /// When its last pause ended, or ends.
    pub(crate) fn paused_until(&self) -> Option<Timestamp> {
        *self.0.paused_until.lock().unwrap()
    }

    pub(crate) fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.0.spawned.lock().unwrap().push(task);
    }

    /// The tasks that it has begun since this was last asked.
    pub(crate) fn take_spawned(&self) -> Vec<BoxFuture<'static, ()>> {
        std::mem::take(&mut *self.0.spawned.lock().unwrap())
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("name", &self.name).finish_non_exhaustive()
    }
}
