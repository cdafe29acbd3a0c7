use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Context as _;
use dynamorm_bench::report::cargo::{cargo, executables};

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
            paths.extend(executables(cargo_build(side).arg("--bins"))?);
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
    let mut command = cargo();
    command.args(["build", "--release", "--locked", "--package", env!("CARGO_PKG_NAME"), "--features", side]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}
