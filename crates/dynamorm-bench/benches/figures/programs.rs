use std::{
    collections::HashMap,
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// The sides' features. Each is built for itself, so that neither has what the other needs of a crate they share.
const SIDES: [&str; 3] = ["sdk", "aws", "embedded"];

/// The programs of `src/bin`, built for release.
pub(crate) struct Programs {
    paths: HashMap<String, PathBuf>,
}

impl Programs {
    pub(crate) fn build() -> anyhow::Result<Self> {
        let mut paths = HashMap::new();
        for side in SIDES {
            paths.extend(executables(side)?);
        }
        Ok(Self { paths })
    }

    pub(crate) fn path(&self, name: &str) -> anyhow::Result<&Path> {
        let path = self.paths.get(name).map(PathBuf::as_path);
        path.with_context(|| format!("cargo has built no program `{name}`"))
    }
}

/// A build of this crate for release, with the features of one side alone.
pub(crate) fn cargo_build(side: &str) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.args(["build", "--release", "--locked", "--package", env!("CARGO_PKG_NAME"), "--features", side]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn executables(side: &str) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut command = cargo_build(side);
    command.args(["--bins", "--message-format", "json-render-diagnostics"]).stderr(Stdio::inherit());
    let output = command.output().context("cargo does not start; is it in the PATH?")?;
    if !output.status.success() {
        bail!("the programs of `{side}` cannot be built");
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
