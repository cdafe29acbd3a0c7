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
mod time;
mod user;
mod wait;
mod wire;
mod world;

use std::{env, process::ExitCode, time::Instant};

use bug::Bug;
use world::World;

/// How many seeds CI runs.
const SEEDS: u64 = 60;

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
    let mut requests = 0;
    for seed in first..first + seeds {
        let outcome = World::new(seed, None).run();
        requests += outcome.requests;
        if let Some(failure) = outcome.failure {
            return Err(format!(
                "seed {seed} fails: {failure}\nreplay it: cargo test -p streamer --test simulation -- --first {seed} --seeds 1"
            ));
        }
    }
    let minutes = began.elapsed().as_secs_f64() / 60.0;
    println!(
        "{seeds} seeds from {first} on, {requests} requests: {:.0} seeds a minute",
        seeds as f64 / minutes
    );

    // The same seed runs the same way, or a failing one could not be looked at.
    for seed in [first, first + seeds / 2] {
        let (one, other) = (World::new(seed, None).run().trace, World::new(seed, None).run().trace);
        if one != other {
            return Err(format!("seed {seed} does not replay: {one:016x} and then {other:016x}"));
        }
    }
    if seeds < SEEDS {
        return Ok(());
    }
    // A simulation that finds nothing may look at nothing.
    for bug in Bug::ALL {
        let found = (first..first + SEEDS)
            .find_map(|seed| World::new(seed, Some(bug)).run().failure.map(|failure| (seed, failure)));
        match found {
            Some((seed, failure)) => {
                let first_line = failure.lines().next().unwrap_or_default();
                println!(
                    "after {:.0} s: the planted bug `{bug:?}` is found by seed {seed}: {first_line}",
                    began.elapsed().as_secs_f64()
                );
            }
            None => return Err(format!("the planted bug `{bug:?}` is not found by {SEEDS} seeds")),
        }
    }
    Ok(())
}
