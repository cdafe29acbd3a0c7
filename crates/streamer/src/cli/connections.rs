//! `streamer connections`: looks into the connections, and removes them.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::global::Global;
use super::output::Output;
use crate::error::Result;

/// List, show and remove connections.
#[derive(Debug, Subcommand)]
pub(super) enum Connections {
    List(List),
    Get(Get),
    Delete(Delete),
    Stale(Stale),
}

/// List the connections of a user or a tenant, newest first.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer connections list --user u-1
  streamer connections list --tenant t-1 --limit 1000 --json")]
pub(super) struct List {
    #[command(flatten)]
    whose: Whose,
    /// How many to list at most.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The user whose connections to list.
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// The tenant whose connections to list.
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
}

/// Show one connection; exit code 3 when it is not there.
#[derive(Args, Debug)]
pub(super) struct Get {
    /// The connection's id.
    id: String,
}

/// Delete one connection and show what was deleted; exit code 3 when it is not there.
///
/// A server that holds the connection closes it at the client's next sign of life.
#[derive(Args, Debug)]
pub(super) struct Delete {
    /// The connection's id.
    id: String,
}

/// Remove every connection that gave no sign of life for AGE.
///
/// Reads the whole table. A connection that gives a sign of life meanwhile stays. Says how many went; exit
/// code 1 when some could not be removed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer connections stale --before 10m
  streamer connections stale --before 1d --yes --json")]
pub(super) struct Stale {
    /// How long ago the last sign of life has to be, such as 10m, 2h or 1d.
    #[arg(long, value_name = "AGE", value_parser = age)]
    before: Duration,
    /// Do not ask; needed where nobody can be asked.
    #[arg(long, short)]
    yes: bool,
}

impl Connections {
    pub(super) async fn run(self, _global: &Global, _output: &Output) -> Result<()> {
        Ok(())
    }
}

fn age(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{error}; write 10m, 2h or 1d"))
}
