use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;

use super::program::{Program, run};

const PYTHON: Program = Program {
    name: "python3",
    version: "--version",
    least: (3, 10),
    remedy: "on Debian `apt-get install python3 python3-venv`",
};

/// The exact versions of boto3 and of what it needs, with their hashes.
const REQUIREMENTS: &str = "crates/streamer/tests/boto3/requirements.txt";

/// Installs boto3 into a virtual environment, where that is not done yet, and returns the environment's Python.
pub(super) fn set_up(root: &Path) -> anyhow::Result<PathBuf> {
    let folder = root.join("target/boto3");
    let python = folder.join("bin/python");
    let requirements = root.join(REQUIREMENTS);
    let wanted = fs::read(&requirements).with_context(|| format!("`{REQUIREMENTS}` is not readable"))?;
    // A copy of what was installed, written once all of it was.
    let installed = folder.join("installed.txt");
    let is_installed = fs::read(&installed).is_ok_and(|installed| installed == wanted);
    // The Python that the environment is of may be gone.
    if is_installed && run(Command::new(&python).args(["-c", "import boto3"])).is_ok() {
        return Ok(python);
    }

    PYTHON.check()?;
    println!("setting up boto3 in `target/boto3`");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("`target/boto3` cannot be removed")?;
    }
    run(Command::new(PYTHON.name).args(["-m", "venv"]).arg(&folder))
        .with_context(|| format!("no virtual environment can be made ({})", PYTHON.remedy))?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
        .args(["--require-hashes", "--only-binary", ":all:", "--requirement"])
        .arg(&requirements))
    .context("boto3 cannot be installed")?;
    fs::write(&installed, wanted).context("`target/boto3` is not writable")?;
    Ok(python)
}
