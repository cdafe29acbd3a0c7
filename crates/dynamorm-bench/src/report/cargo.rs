//! Builds programs.

use std::{
    env,
    ffi::OsString,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// The cargo that runs the benchmark.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// Runs `build`, a `cargo build`, and gives the names and paths of the programs that it made.
///
/// # Errors
/// When it fails; cargo has said why.
pub fn executables(build: &mut Command) -> anyhow::Result<Vec<(String, PathBuf)>> {
    build.args(["--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit());
    let output = build.output().context("cargo does not start; is it in the PATH?")?;
    if !output.status.success() {
        bail!("{build:?} fails ({})", output.status);
    }
    let mut executables = Vec::new();
    for line in String::from_utf8(output.stdout)?.lines() {
        let message: Message = serde_json::from_str(line).context("cargo says what is no JSON")?;
        if let (Some(target), Some(executable)) = (message.target, message.executable) {
            executables.push((target.name, executable));
        }
    }
    Ok(executables)
}

/// What cargo says of something that it has built.
#[derive(Deserialize)]
struct Message {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}
