//! The processor's time, and its place.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The user and system time that this process has used, all threads together.
pub fn time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// Which processor a process is kept on.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// The first that is allowed: for what is measured.
    First,
    /// The last: for what answers it.
    Last,
}

/// Keeps this process on one processor, so that client and server neither meet nor wander. Does nothing where that
/// cannot be had.
#[cfg(target_os = "linux")]
pub fn stay(place: Place) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    let Ok(allowed) = sched_getaffinity(None) else { return };
    let mut numbers = (0..CpuSet::MAX_CPU).filter(|number| allowed.is_set(*number));
    let number = match place {
        Place::First => numbers.next(),
        Place::Last => numbers.next_back(),
    };
    if let Some(number) = number {
        let mut one = CpuSet::new();
        one.set(number);
        // Only the noise of the figures depends on it.
        let _ = sched_setaffinity(None, &one);
    }
}

/// Keeps this process on one processor where the system allows it; this one does not.
#[cfg(not(target_os = "linux"))]
pub fn stay(_: Place) {}
