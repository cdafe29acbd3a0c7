use std::{path::Path, process::Stdio};

use anyhow::bail;

use super::{cargo::cargo, step::Step};

/// Refuses to start when a part of the toolchain that a chosen step needs is not installed.
pub(super) fn check(root: &Path, steps: &[Step]) -> anyhow::Result<()> {
    for (step, subcommand) in [(Step::Format, "fmt"), (Step::Lints, "clippy")] {
        if steps.contains(&step) && !has(root, subcommand) {
            bail!("`cargo {subcommand}` is not installed; run `rustup component add clippy rustfmt`");
        }
    }
    Ok(())
}

/// Whether cargo knows the subcommand.
fn has(root: &Path, subcommand: &str) -> bool {
    cargo(root, &[subcommand, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    mod has {
        use super::*;

        #[test]
        fn tells_a_missing_subcommand_from_a_present_one() {
            let root = Path::new(".");

            assert!(has(root, "fmt"));
            assert!(!has(root, "no-such-subcommand"));
        }
    }
}
