//! Logs: on standard error, as text or JSON lines.

use std::io::{self, IsTerminal};

use clap::ValueEnum;
use tracing_subscriber::EnvFilter;

use crate::error::{Error, Result};

/// How log lines are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts to log what the first of these lets through: `filter`, `RUST_LOG`, `default`.
pub(super) fn start(filter: Option<&str>, default: &str, format: LogFormat) -> Result<()> {
    let environment = std::env::var(EnvFilter::DEFAULT_ENV).ok().filter(|value| !value.is_empty());
    let filter = filter.or(environment.as_deref()).unwrap_or(default);
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Error::configuration(format!("cannot read the log filter `{filter}`")).caused_by(error)
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|error| Error::configuration("logs are started already").caused_by(error))
}
