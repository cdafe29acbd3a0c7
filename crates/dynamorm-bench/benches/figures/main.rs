//! `cargo bench`: what dynamorm costs, as ratios to what its users would pick instead, measured in one run.
//!
//! Every figure of every side is a process of its own, so that what the process used is what the operation used; the
//! sides take turns, so that a machine that slows down slows both.

mod arguments;
mod clean_build;
mod figure;
mod programs;
mod report;
mod rounds;
mod size;
mod stub;

use std::env;

use clap::Parser as _;
use dynamorm_bench::report::{machine::Machine, markdown};

use self::{arguments::Arguments, programs::Programs, stub::StubProcess};

fn main() -> anyhow::Result<()> {
    let first = env::args().nth(1);
    if first.as_deref() == Some(stub::ARGUMENT) {
        return stub::serve();
    }
    // Whoever runs all targets as tests did not ask for minutes of measuring.
    if !env::args().any(|argument| argument == "--bench") {
        println!("the figures are measured by `cargo bench`");
        return Ok(());
    }
    let arguments = Arguments::parse();

    let programs = Programs::build()?;
    let stub = StubProcess::start()?;
    let mut report = rounds::run(&programs, &stub, &arguments)?;
    drop(stub);
    report.sizes(size::measure(&programs)?);
    if arguments.build {
        report.clean_builds(clean_build::measure()?);
    }

    let text = report.render(&Machine::read());
    println!("\n{text}");
    if arguments.markdown {
        markdown::write("cargo bench -- --markdown", &text)?;
    }
    Ok(())
}
