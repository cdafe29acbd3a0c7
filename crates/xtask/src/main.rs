//! The project's own tasks: `cargo xtask test` and `cargo xtask tidy`.

mod test;
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
}

fn main() -> ExitCode {
    // `crates/xtask` lies two folders below the root.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));

    let outcome = match Arguments::parse().task {
        Task::Test(arguments) => test::run(root, &arguments),
        Task::Tidy => tidy::run(root),
    };

    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
