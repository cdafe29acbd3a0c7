//! Programs that are started, waited for, and stopped where they are stuck.

use std::{
    process::{Command, Output, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};

/// A program that takes longer than this is stuck.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs `command` to its end. Gives what it printed and how long it took, from before its start until after its exit.
///
/// # Errors
/// When it does not start, fails, or is not done after a minute.
pub fn run(command: &mut Command) -> anyhow::Result<(String, Duration)> {
    run_within(command, LIMIT)
}

/// The same, for a program that may take up to `limit`.
///
/// # Errors
/// When it does not start, fails, or is not done by then.
pub fn run_within(command: &mut Command, limit: Duration) -> anyhow::Result<(String, Duration)> {
    let (sender, receiver) = mpsc::channel();
    let began = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.with_context(|| format!("{command:?} does not start"))?;
    let id = Pid::from_child(&child);
    thread::spawn(move || {
        let output: std::io::Result<Output> = child.wait_with_output();
        // The receiver waits for it, or has given up.
        let _ = sender.send((output, began.elapsed()));
    });
    let (output, elapsed) = match receiver.recv_timeout(limit) {
        Ok(ended) => ended,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            kill_process(id, Signal::KILL).context("a program that is stuck cannot be stopped")?;
            bail!("{command:?} is stopped after {} s", limit.as_secs());
        }
    };
    let output = output?;
    if !output.status.success() {
        bail!("{command:?} fails ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok((String::from_utf8(output.stdout)?, elapsed))
}
