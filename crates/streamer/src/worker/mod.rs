//! Carries queued requests out.
//!
//! A [`Worker`] claims what is due, runs the action's handler, keeps the lease alive meanwhile, writes progress a few
//! times a second at most, and writes the end. Any number of them, in any number of processes, work on one queue.

mod attempt;
mod ending;
mod keeper;
mod options;
mod runtime;
mod shared;
mod wake;
mod work;

pub use options::{DEFAULT_CONCURRENCY, MIN_LEASE, MIN_POLL_INTERVAL, WorkerOptions};
pub use runtime::{Runtime, TokioRuntime};
pub use wake::Wake;
pub use work::Worker;
