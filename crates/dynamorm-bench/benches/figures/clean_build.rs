use std::fs;

use anyhow::{Context as _, bail};
use rustix::param::clock_ticks_per_second;

use super::programs::cargo_build;

/// The processor time of builds of the SDK's shortest program and of ours, in seconds.
#[derive(Clone, Copy)]
pub(crate) struct CleanBuilds {
    /// With the features that both have by default.
    pub(crate) by_default: [f64; 2],
    /// As functions and servers need them: credentials from the environment, the container or the machine; TLS by ring
    /// where there is a choice.
    pub(crate) leanest: [f64; 2],
}

/// Everything from the crates on: what cargo downloads before does not count, and neither does a build that was there.
pub(crate) fn measure() -> anyhow::Result<CleanBuilds> {
    Ok(CleanBuilds {
        by_default: [build("sdk", "sdk_put")?, build("aws", "mapper_put")?],
        leanest: [build("sdk-core", "sdk_put")?, build("aws-lean", "mapper_put")?],
    })
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
