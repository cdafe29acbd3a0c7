use std::time::Duration;

use clap::Parser;

const ROUNDS: u32 = 5;
const QUICK_ROUNDS: u32 = 1;

/// A quick run repeats everything this many times less.
const QUICK_SHARE: usize = 4;

/// How many ended requests fill the table beside which a dequeue is measured.
const ENDED: usize = 100_000;
const QUICK_ENDED: usize = 10_000;

/// No round begins after this, whatever the machine.
const LIMIT: Duration = Duration::from_secs(180);

/// Measures Streamer's stores on each engine, beside apalis-sqlite.
///
/// DynamoDB Local is measured where the variable DYNAMORM_DYNAMODB_LOCAL has its address.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo bench -p streamer-bench --", disable_version_flag = true)]
pub(crate) struct Arguments {
    /// One round of fewer repetitions: half a minute, for a first look
    #[arg(long)]
    quick: bool,
    /// How many times each figure is measured
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: Option<u32>,
    /// How many ended requests a dequeue is measured beside, 1,000,000 for the figures that count: fills a file of 2 KB each
    #[arg(long, value_name = "N")]
    ended: Option<usize>,
    /// Leaves the peer out, which cargo fetches and builds otherwise
    #[arg(long)]
    pub(crate) without_peer: bool,
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

    pub(crate) fn ended(&self) -> usize {
        self.ended.unwrap_or(if self.quick { QUICK_ENDED } else { ENDED })
    }

    /// How often something is repeated that a full run repeats `times` times.
    pub(crate) fn repetitions(&self, times: usize) -> usize {
        if self.quick { (times / QUICK_SHARE).max(1) } else { times }
    }

    pub(crate) fn limit(&self) -> Duration {
        LIMIT
    }
}
