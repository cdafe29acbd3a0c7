//! The project's own tasks: `cargo xtask test`, `cargo xtask tidy`, `cargo xtask fuzz` and what they need.

mod fuzz;
mod provision;
mod simulate;
mod test;
mod tether;
mod tidy;

use std::{path::Path, process::ExitCode};

use clap::{Parser, Subcommand};

/// The project's own tasks.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Sets up what the tests need and runs everything; stops at the first failure.
    Test(test::Arguments),
    /// Checks the structure of the source tree: crate arrows, module cycles, sister files, names, lengths, links.
    Tidy,
    /// Runs DynamoDB Local on a free port, for tests that are run by hand, until Ctrl-C.
    DynamodbLocal,
    /// Runs the request queue under every fault, by more seeds than the tests do.
    Simulate(simulate::Arguments),
    /// Looks, by libFuzzer and for a bounded time, for inputs that break what Streamer reads from strangers.
    Fuzz(fuzz::Arguments),
    /// Runs a program until standard input ends.
    #[command(hide = true)]
    Tether(tether::Arguments),
}

fn main() -> ExitCode {
    // `crates/xtask` lies two folders below the root.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));

    let outcome = match Arguments::parse().task {
        Task::Test(arguments) => test::run(root, &arguments),
        Task::Tidy => tidy::run(root),
        Task::DynamodbLocal => provision::serve_dynamodb_local(root),
        Task::Simulate(arguments) => simulate::run(root, &arguments),
        Task::Fuzz(arguments) => fuzz::run(root, &arguments),
        Task::Tether(arguments) => tether::run(&arguments),
    };

    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
