//! `cargo xtask simulate`: the simulation of the request queue and its workers, built for release.

use std::{env, ffi::OsString, path::Path, process::Command};

use anyhow::{Context as _, bail};

/// Which seeds to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// The first one.
    #[arg(long, default_value_t = 0)]
    first: u64,
}

/// Runs the simulation on the checkout at `root`, until a seed fails or all have passed.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let status = Command::new(cargo)
        .args(["test", "--release", "--package", "streamer", "--test", "simulation", "--"])
        .args(["--seeds", &arguments.seeds.to_string(), "--first", &arguments.first.to_string()])
        .current_dir(root)
        .status()
        .context("cargo does not start; is it in the PATH?")?;
    if !status.success() {
        bail!("the simulation ended with {status}");
    }
    Ok(())
}
