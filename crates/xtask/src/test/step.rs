use std::{path::Path, process::Command};

use anyhow::{Context as _, bail};
use clap::ValueEnum;

use super::cargo::cargo;
use crate::{provision::Provision, tidy};

/// A step of `cargo xtask test`, in the order in which they run: the quick ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Step {
    /// The code is formatted.
    Format,
    /// The source tree keeps its structure.
    Tidy,
    /// Neither rustc nor clippy has a warning.
    Lints,
    /// Unit, integration, compile-fail, suite and doc tests, with what they need set up.
    Tests,
    /// The documentation builds without a warning.
    Docs,
}

impl Step {
    /// The name that `--only` takes.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Tidy => "tidy",
            Self::Lints => "lints",
            Self::Tests => "tests",
            Self::Docs => "docs",
        }
    }

    /// The command that does the same by hand.
    pub(super) fn title(self) -> String {
        let commands: Vec<_> =
            self.commands().iter().map(|arguments| format!("cargo {}", arguments.join(" "))).collect();
        let commands = commands.join(" && ");
        match self {
            Self::Tidy => "cargo xtask tidy".to_owned(),
            Self::Docs => format!("RUSTDOCFLAGS='{RUSTDOCFLAGS}' {commands}"),
            Self::Format | Self::Lints | Self::Tests => commands,
        }
    }

    /// Runs the step on the checkout at `root`; its output goes to the terminal.
    pub(super) fn run(self, root: &Path) -> anyhow::Result<()> {
        if self == Self::Tidy {
            return tidy::run(root);
        }
        // What is set up stays until the tests are done, and only they see it.
        let provision = if self == Self::Tests { Provision::set_up(root)? } else { Provision::default() };
        for arguments in self.commands() {
            let mut command = cargo(root, arguments);
            if self == Self::Docs {
                command.env("RUSTDOCFLAGS", RUSTDOCFLAGS);
            }
            succeed(command.envs(provision.variables()))?;
        }
        Ok(())
    }

    /// What cargo is given, call by call; nothing for what runs in this process.
    ///
    /// All that build the workspace choose the whole of it with all features in the dev profile, so that they share one
    /// build of each dependency.
    fn commands(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Format => &[&["fmt", "--all", "--check"], &["fmt", "--manifest-path", PEER, "--check"]],
            Self::Tidy => &[],
            Self::Lints => &[
                &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
                // Its lock file is one that nothing else looks at: it fails here when it lags behind. To build it, SQLite and
                // all, would take a tenth of the time that CI has.
                &["fetch", "--manifest-path", PEER, "--locked"],
            ],
            Self::Tests => &[&["test", "--workspace", "--all-features", "--no-fail-fast"]],
            Self::Docs => &[&["doc", "--workspace", "--all-features", "--no-deps"]],
        }
    }
}

const RUSTDOCFLAGS: &str = "-D warnings";

/// The one package outside the workspace.
const PEER: &str = "crates/streamer-bench/peer/Cargo.toml";

/// Runs `command` to its end; an exit code other than 0 is an error.
fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().context("cargo does not start; is it in the PATH?")?;
    if !status.success() {
        bail!("cargo ended with {status}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    mod step {
        use super::*;

        #[test]
        fn is_called_as_the_option_calls_it() {
            for step in Step::value_variants() {
                assert_eq!(Step::from_str(step.name(), false), Ok(*step));
            }
        }

        #[test]
        fn builds_the_whole_workspace_with_all_features() {
            for step in [Step::Lints, Step::Tests, Step::Docs] {
                for arguments in step.commands().iter().filter(|arguments| !arguments.contains(&PEER)) {
                    assert!(arguments.contains(&"--workspace"), "{}", step.name());
                    assert!(arguments.contains(&"--all-features"), "{}", step.name());
                }
            }
        }

        #[test]
        fn is_titled_by_every_command_that_it_runs() {
            assert_eq!(
                Step::Format.title(),
                "cargo fmt --all --check && cargo fmt --manifest-path crates/streamer-bench/peer/Cargo.toml --check"
            );
        }

        #[test]
        fn fails_when_cargo_does() {
            let mut command = cargo(Path::new("."), &["no-such-subcommand"]);

            let error = succeed(command.stderr(Stdio::null())).unwrap_err();

            assert!(error.to_string().starts_with("cargo ended with"), "{error}");
        }
    }
}
