//! Workers as processes, killed as `kill -9` does while they hold requests: nothing that was acknowledged is lost, and each
//! request ends exactly once.
//!
//! This binary is both: the tests, and, called with [`worker::ROLE`] as its first argument, a worker.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod database;
#[path = "../support/dynamodb_local.rs"]
mod dynamodb_local;
mod endings;
mod killing;
mod plan;
mod process;
mod worker;

use std::{env, process::ExitCode};

use database::Database;
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    if arguments.next().as_deref() == Some(worker::ROLE) {
        return worker::run(&arguments.collect::<Vec<_>>());
    }
    let trials = Database::all().into_iter().map(|database| {
        let name = format!("{}::workers_that_are_killed_lose_nothing_and_end_all_once", database.name());
        Trial::test(name, move || Ok(killing::show(&database)?))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
