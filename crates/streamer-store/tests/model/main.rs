//! The stores against plain references of what the storage contract says, on every engine.
//!
//! Commands are drawn at random over a few ids, workers and instants; after each, the answer and then the stored item must
//! be what the reference says. What differs is shrunk to a short list of commands. The draws are the same in every run;
//! `PROPTEST_CASES` has more of them walked.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a walk fails by panicking")]

mod connection;
#[path = "../support/dynamodb_local.rs"]
mod dynamodb_local;
#[path = "../support/engine.rs"]
mod engine;
mod request;
mod subscription;
mod tenant;
mod walk;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use connection::ConnectionWalk;
use engine::Engine;
use request::RequestWalk;
use subscription::SubscriptionWalk;

fn main() -> ExitCode {
    let trials = Engine::all().into_iter().flat_map(|engine| {
        [
            walk::trial::<RequestWalk>("request_queue", engine.clone()),
            walk::trial::<SubscriptionWalk>("subscription_store", engine.clone()),
            walk::trial::<ConnectionWalk>("connection_store", engine),
        ]
    });
    let trials: Vec<Trial> = trials.collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
