use std::fs;

use anyhow::{Context as _, bail};
use rustix::param::clock_ticks_per_second;

use super::programs::cargo_build;

/// The processor time of a build of the SDK's shortest program and of ours, in seconds.
///
/// Everything from the crates on: what cargo downloads before does not count, and neither does a build that was there.
pub(crate) fn measure() -> anyhow::Result<[f64; 2]> {
    Ok([build("sdk", "sdk_put")?, build("aws", "mapper_put")?])
}

fn build(side: &str, program: &str) -> anyhow::Result<f64> {
    let target = tempfile::tempdir()?;
    let before = time_of_children()?;
    let mut command = cargo_build(side);
    command.args(["--bin", program, "--target-dir"]).arg(target.path());
    let status = command.status().context("cargo does not start; is it in the PATH?")?;
    if !status.success() {
        bail!("`{program}` cannot be built");
    }
    Ok(time_of_children()? - before)
}

/// The user and system seconds of the children that have ended, and of theirs: fields 16 and 17 of
/// [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
fn time_of_children() -> anyhow::Result<f64> {
    let text =
        fs::read_to_string("/proc/self/stat").context("the time of a build is read as Linux tells it")?;
    // The second field is the program's name in brackets, which may hold spaces.
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<u64> = fields.skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<u64>() as f64 / clock_ticks_per_second() as f64)
}
