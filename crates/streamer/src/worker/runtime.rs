//! What a worker has of the world besides the store: time, tasks, chance.

use std::{fmt, time::Duration};

use futures_util::future::BoxFuture;

/// Time, tasks and chance, as a worker has them. There is one for programs, [`TokioRuntime`]; a simulation brings its own.
pub trait Runtime: fmt::Debug + Send + Sync + 'static {
    /// Completes once this much time has passed.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;

    /// Runs a task beside the others.
    fn spawn(&self, task: BoxFuture<'static, ()>);

    /// A random number.
    fn random(&self) -> u64;
}

/// Time and tasks of the tokio runtime that it is used in, and the system's chance.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioRuntime;

impl Runtime for TokioRuntime {
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        drop(tokio::spawn(task));
    }

    fn random(&self) -> u64 {
        // It spreads pauses: without it they are merely alike.
        getrandom::u64().unwrap_or_default()
    }
}

/// A random pause between half of `longest` and all of it: those who wait for the same thing do not ask at the same time.
pub(super) fn spread(runtime: &dyn Runtime, longest: Duration) -> Duration {
    let half = longest / 2;
    let micros = u64::try_from(half.as_micros()).unwrap_or(u64::MAX);
    half + Duration::from_micros(runtime.random() % micros.saturating_add(1))
}
