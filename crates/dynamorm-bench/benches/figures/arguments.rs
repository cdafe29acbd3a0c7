use std::time::Duration;

use clap::Parser;

const ROUNDS: u32 = 15;
const QUICK_ROUNDS: u32 = 5;

/// A quick run repeats each operation this many times less.
const QUICK_SHARE: usize = 4;

/// No round begins after this, whatever the machine.
const LIMIT: Duration = Duration::from_secs(280);
const QUICK_LIMIT: Duration = Duration::from_secs(40);

/// Measures dynamorm beside AWS's SDK with serde_dynamo, and beside the embedded engine's own calls.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo bench --", disable_version_flag = true)]
pub(crate) struct Arguments {
    /// Fewer rounds and repetitions: under a minute, for a first look
    #[arg(long)]
    quick: bool,
    /// How many times each figure is measured
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: Option<u32>,
    /// Only the figures whose title or group contains this text
    #[arg(long, value_name = "TEXT")]
    pub(crate) only: Option<String>,
    /// Also the processor time of a clean release build of each side's shortest program: takes minutes
    #[arg(long)]
    pub(crate) build: bool,
    /// Writes the tables into docs/benchmarks.md
    #[arg(long)]
    pub(crate) markdown: bool,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

impl Arguments {
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { QUICK_ROUNDS } else { ROUNDS })
    }

    /// How often an operation is repeated that a full run repeats `operations` times.
    pub(crate) fn operations(&self, operations: usize) -> usize {
        if self.quick { (operations / QUICK_SHARE).max(1) } else { operations }
    }

    pub(crate) fn limit(&self) -> Duration {
        if self.quick { QUICK_LIMIT } else { LIMIT }
    }
}
