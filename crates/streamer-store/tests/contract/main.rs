//! What the stores promise, on every engine: each claim by its name, on a fresh database.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a claim fails by panicking")]

mod ending;
mod engine;
mod enqueue;
mod held;
mod list;
mod queue;
mod stage;

use std::process::ExitCode;

fn main() -> ExitCode {
    let claims: Vec<_> =
        [enqueue::CLAIMS, queue::CLAIMS, held::CLAIMS, ending::CLAIMS, list::CLAIMS].concat();
    engine::run(&claims)
}
