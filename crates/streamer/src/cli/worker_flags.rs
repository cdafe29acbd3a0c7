//! The options of what carries requests out.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use crate::{
    builtin,
    error::Result,
    handler::Handlers,
    worker::{DEFAULT_CONCURRENCY, WorkerOptions},
};

/// The shortest and the longest lease that makes sense.
const LEASES: std::ops::RangeInclusive<Duration> = Duration::from_secs(3)..=Duration::from_secs(60 * 60);

/// The shortest and the longest pause between two looks for work.
const POLL_INTERVALS: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(50)..=Duration::from_secs(5 * 60);

/// The shortest and the longest time to go on once the process is to stop.
const GRACES: std::ops::RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(60 * 60);

/// How requests are carried out.
#[derive(Args, Debug)]
#[command(next_help_heading = "Carrying requests out")]
pub(super) struct WorkerFlags {
    /// How many requests are carried out at the same time; 0 leaves them to `streamer work` elsewhere.
    #[arg(
        long,
        value_name = "N",
        env = "STREAMER_CONCURRENCY",
        hide_env_values = true,
        default_value_t = DEFAULT_CONCURRENCY as u32,
        value_parser = clap::value_parser!(u32).range(0..=100_000)
    )]
    concurrency: u32,
    /// How long a request is held without a sign of life, which is given each third of it; what a dead worker held is
    /// claimed by another after that and two seconds more.
    #[arg(
        long,
        value_name = "TIME",
        env = "STREAMER_LEASE",
        hide_env_values = true,
        default_value = "30s",
        value_parser = lease
    )]
    lease: Duration,
    /// How long to wait at most before looking for work again, when there was none; what clients of the same server
    /// submit is claimed at once.
    #[arg(
        long,
        value_name = "TIME",
        env = "STREAMER_POLL_INTERVAL",
        hide_env_values = true,
        default_value = "1s",
        value_parser = poll_interval
    )]
    poll_interval: Duration,
    /// How long what is carried out may go on once the process is to stop; the rest is given back, its try not counted.
    #[arg(
        long,
        value_name = "TIME",
        env = "STREAMER_GRACE",
        hide_env_values = true,
        default_value = "15s",
        value_parser = grace
    )]
    grace: Duration,
    /// The directory that `generate_report` reads files of; without it there is no such action.
    ///
    /// Give it to all workers of a queue: one without it leaves reports to others, which delays them, and ends them once nobody
    /// could carry them out for an hour.
    #[arg(long, value_name = "DIR", env = "STREAMER_DATA_DIR", hide_env_values = true)]
    data_dir: Option<PathBuf>,
}

impl WorkerFlags {
    /// How a worker works; `None` where there is to be none.
    pub(super) fn options(&self) -> Option<WorkerOptions> {
        (self.concurrency > 0).then_some(WorkerOptions {
            concurrency: self.concurrency as usize,
            lease: self.lease,
            poll_interval: self.poll_interval,
            grace: self.grace,
        })
    }

    /// The built-in handlers, and those of the program.
    pub(super) fn handlers(&self, own: Handlers) -> Result<Handlers> {
        let mut handlers = builtin::handlers(self.data_dir.as_deref())?;
        handlers.extend(own);
        Ok(handlers)
    }
}

fn lease(text: &str) -> Result<Duration, String> {
    within(text, &LEASES, "3s and 1h")
}

fn grace(text: &str) -> Result<Duration, String> {
    within(text, &GRACES, "0s and 1h")
}

fn poll_interval(text: &str) -> Result<Duration, String> {
    within(text, &POLL_INTERVALS, "50ms and 5m")
}

fn within(text: &str, allowed: &std::ops::RangeInclusive<Duration>, names: &str) -> Result<Duration, String> {
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if allowed.contains(&duration) { Ok(duration) } else { Err(format!("it has to be between {names}")) }
}
