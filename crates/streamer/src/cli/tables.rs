//! `streamer tables`: the tables of the store.

use clap::{Args, Subcommand};

use super::global::Global;
use super::output::Output;
use crate::error::Result;

/// Make and list the store's tables.
#[derive(Debug, Subcommand)]
pub(super) enum Tables {
    Ensure(Ensure),
    List(List),
}

/// Make the tables that are missing.
#[derive(Args, Debug)]
pub(super) struct Ensure {}

/// List the store's tables.
#[derive(Args, Debug)]
pub(super) struct List {}

impl Tables {
    pub(super) async fn run(self, _global: &Global, _output: &Output) -> Result<()> {
        Ok(())
    }
}
