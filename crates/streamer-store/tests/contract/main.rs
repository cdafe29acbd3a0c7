//! What the stores promise, on every engine: each claim by its name, on a fresh database.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a claim fails by panicking")]

mod claim;
#[path = "../support/dynamodb_local.rs"]
mod dynamodb_local;
mod ending;
#[path = "../support/engine.rs"]
mod engine;
mod enqueue;
mod held;
mod list;
mod lost_answer;
mod progress_of_many;
mod queue;
mod race;
mod request_count;
mod stage;
mod stats;
mod status_list;
mod subscription;

use std::process::ExitCode;

fn main() -> ExitCode {
    let claims = [
        enqueue::CLAIMS,
        queue::CLAIMS,
        held::CLAIMS,
        ending::CLAIMS,
        list::CLAIMS,
        lost_answer::CLAIMS,
        progress_of_many::CLAIMS,
        race::CLAIMS,
        request_count::CLAIMS,
        stats::CLAIMS,
        status_list::CLAIMS,
        subscription::CLAIMS,
    ];
    claim::run(&claims.concat())
}
