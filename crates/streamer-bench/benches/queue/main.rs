//! `cargo bench -p streamer-bench`: what Streamer's stores cost on each engine, beside a queue on SQLite that gives the
//! same promises, measured in one run.
//!
//! Every value is a process of its own with a database of its own; the sides take turns, so that a machine that slows
//! down slows all.

mod arguments;
mod programs;
mod report;
mod rounds;
mod side;

use std::env;

use clap::Parser as _;
use dynamorm_bench::report::{machine::Machine, markdown};

use self::{arguments::Arguments, programs::Programs};

/// What writes the tables of docs/benchmarks.md.
const COMMAND: &str = "cargo bench -p streamer-bench -- --markdown";

fn main() -> anyhow::Result<()> {
    // Whoever runs all targets as tests did not ask for minutes of measuring.
    if !env::args().any(|argument| argument == "--bench") {
        println!("the figures are measured by `cargo bench -p streamer-bench`");
        return Ok(());
    }
    let arguments = Arguments::parse();

    let programs = Programs::build(arguments.without_peer)?;
    let report = rounds::run(&programs, &arguments)?;

    let text = report.render(&Machine::read());
    println!("\n{text}");
    if arguments.markdown {
        markdown::write(COMMAND, &text)?;
    }
    Ok(())
}
