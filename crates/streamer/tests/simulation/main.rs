//! The request queue and its workers under every fault, deterministic: a seed says who goes on when, what is lost, and who
//! crashes.
//!
//! One thread drives the production worker and store over the embedded engine, by a virtual clock. Between any two
//! requests the seed chooses which of the tasks goes on; each request may be lost before or after it is done, slow, or the
//! last of its process; processes pause, stop in good order and are started again, and the engine is closed and opened. After
//! each write the item is looked at, past all faults: no step may be illegal. Then the faults stop, and everything has to
//! end.
//!
//! ```text
//! cargo test -p streamer --test simulation                         # the seeds that CI runs
//! cargo xtask simulate --seeds 10000 [--first 0]                   # more of them, built for release
//! ```

#![allow(clippy::unwrap_used, clippy::panic, reason = "a seed fails by panicking")]

mod bug;
mod dice;
mod engine;
mod faults;
mod gate;
mod handler;
mod history;
mod overheard;
mod process;
mod runtime;
mod scheduler;
mod tally;
mod time;
mod user;
mod wait;
mod wire;
mod world;

use std::{
    env,
    num::NonZero,
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use bug::Bug;
use tally::Tally;
use world::World;

/// How many seeds CI runs.
const SEEDS: u64 = 60;

/// After how many seeds it is looked whether one has failed.
const BATCH: usize = 60;

/// How many of them run twice: one of each kind is among the first.
const REPLAYS: usize = 4;

fn main() -> ExitCode {
    // A failure is told with its seed, and a planted bug may well end in one.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments: Vec<String> = env::args().skip(1).collect();
    let option = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)?.parse::<u64>().ok()
    };
    let (first, seeds) = (option("--first").unwrap_or(0), option("--seeds").unwrap_or(SEEDS));
    match run(first, seeds) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(first: u64, seeds: u64) -> Result<(), String> {
    let began = Instant::now();
    let (mut tally, mut traces) = (Tally::default(), Vec::new());
    for batch in (first..first + seeds).step_by(BATCH) {
        let batch: Vec<_> = (batch..first + seeds).take(BATCH).collect();
        for (seed, outcome) in batch.iter().zip(side_by_side(&batch, |seed| World::new(*seed, None).run())) {
            if let Some(failure) = outcome.failure {
                return Err(format!(
                    "seed {seed} fails: {failure}\nreplay it: cargo test -p streamer --test simulation -- --first {seed} --seeds 1"
                ));
            }
            tally.add(&outcome.tally);
            traces.push((*seed, outcome.trace));
        }
    }
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    println!("{seeds} seeds from {first} on: {:.0} seeds a minute", seeds as f64 / minutes);
    println!("{tally}");

    // The same seed runs the same way, or a failing one could not be looked at.
    traces.truncate(REPLAYS);
    let again = side_by_side(&traces, |(seed, _)| World::new(*seed, None).run().trace);
    for ((seed, trace), again) in traces.into_iter().zip(again) {
        if trace != again {
            return Err(format!("seed {seed} does not replay: {trace:016x} and then {again:016x}"));
        }
    }
    if seeds < SEEDS {
        return Ok(());
    }
    // A fault that never happens shows nothing.
    if let Some(missing) = tally.missing() {
        return Err(format!("{missing:?} happens in none of {seeds} seeds"));
    }
    // A simulation that finds nothing may look at nothing.
    let found = side_by_side(&Bug::ALL, |bug| {
        (first..first + SEEDS).find_map(|seed| Some((seed, World::new(seed, Some(*bug)).run().failure?)))
    });
    for (bug, found) in Bug::ALL.into_iter().zip(found) {
        match found {
            Some((seed, failure)) => {
                let first_line = failure.lines().next().unwrap_or_default();
                println!("the planted bug `{bug:?}` is found by seed {seed}: {first_line}");
            }
            None => return Err(format!("the planted bug `{bug:?}` is not found by {SEEDS} seeds")),
        }
    }
    Ok(())
}

/// Makes something of each of `all`, as many at the same time as the machine can: a run itself has one thread.
fn side_by_side<T: Sync, R: Send>(all: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let take = || {
        let mut made = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(place) else { return made };
            made.push((place, make(one)));
        }
    };
    let mut made: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    made.sort_by_key(|(place, _)| *place);
    made.into_iter().map(|(_, made)| made).collect()
}
