use std::path::{Path, PathBuf};

use anyhow::Context as _;
use dynamorm_bench::report::cargo::{cargo, executables};

/// The peer's package: outside the workspace, whose SQLite is another version than the peer's.
const PEER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/peer/Cargo.toml");

/// The programs that measure.
pub(crate) struct Programs {
    /// The peer's, unless it is left out.
    pub(crate) peer: Option<PathBuf>,
}

impl Programs {
    pub(crate) fn build(is_without_peer: bool) -> anyhow::Result<Self> {
        if is_without_peer {
            return Ok(Self { peer: None });
        }
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peer");
        let mut build = cargo();
        build.args(["build", "--release", "--locked", "--manifest-path", PEER, "--target-dir"]).arg(target);
        let programs = executables(&mut build)?;
        let peer = programs.into_iter().find(|(name, _)| name == "peer");
        Ok(Self { peer: Some(peer.context("cargo has built no program `peer`")?.1) })
    }

    /// The stores' own, which cargo has built with the benchmark.
    pub(crate) fn stores(&self) -> &'static Path {
        Path::new(env!("CARGO_BIN_EXE_store_calls"))
    }
}
