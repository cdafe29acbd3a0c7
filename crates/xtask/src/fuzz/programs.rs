use std::{
    env,
    ffi::{OsStr, OsString},
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, bail};
use serde::Deserialize;

use super::{folder::FOLDER, target::Target};

/// What makes rustc count, for libFuzzer, which branches an input takes and what it is compared with. They are
/// [cargo-fuzz's](https://github.com/rust-fuzz/cargo-fuzz/blob/main/src/project.rs), without those of a sanitizer.
///
/// `cfg(fuzzing)` says so to the crates; the fuzz crate then links libFuzzer.
const INSTRUMENTATION: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    // Branches that are folded into one are one to libFuzzer.
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg",
    "fuzzing",
];

/// The program of each target, built.
#[derive(Debug)]
pub(super) struct Programs {
    built: Vec<Built>,
}

impl Programs {
    /// Builds the targets of the checkout at `root`; cargo's output goes to the terminal.
    pub(super) fn build(root: &Path, targets: &[Target]) -> anyhow::Result<Self> {
        // Whoever has libFuzzer built already says so to its crate by this variable.
        if env::var_os("CUSTOM_LIBFUZZER_PATH").is_none() {
            let compiler = env::var_os("CXX").unwrap_or_else(|| OsString::from("c++"));
            check_compiler(&compiler)?;
        }
        let output = build(root, targets)
            .stderr(Stdio::inherit())
            .output()
            .context("cargo does not start; is it in the PATH?")?;
        if !output.status.success() {
            bail!("the targets cannot be built: cargo ended with {}", output.status);
        }
        let built = built(&String::from_utf8_lossy(&output.stdout))?;
        Ok(Self { built })
    }

    /// Where the target's program lies.
    pub(super) fn path(&self, target: Target) -> anyhow::Result<&Path> {
        let program = self.built.iter().find(|built| built.target.name == target.name());
        let path = program.and_then(|program| program.executable.as_deref());
        path.with_context(|| format!("cargo has built no program `{target}`"))
    }
}

/// The build of all of them together.
fn build(root: &Path, targets: &[Target]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.args(["build", "--package", "streamer-fuzz", "--profile", "fuzz", "--target-dir", FOLDER]);
    // With a target named, if only this machine's, flags are not for build scripts and macros.
    command.args(["--target", "host-tuple", "--message-format", "json-render-diagnostics"]);
    for target in targets {
        command.args(["--bin", target.name()]);
    }
    // A flag of the user's is for every build, and so for this one. It may contradict one of ours, and counts then.
    let mut flags = OsString::from(INSTRUMENTATION.join(" "));
    if let Some(own) = env::var_os("RUSTFLAGS") {
        flags.push(" ");
        flags.push(own);
    }
    command.env("RUSTFLAGS", flags).env_remove("CARGO_ENCODED_RUSTFLAGS").current_dir(root);
    command
}

/// Refuses to start without what compiles libFuzzer: cargo would say so after minutes, in many words.
fn check_compiler(compiler: &OsStr) -> anyhow::Result<()> {
    // `CXX` may hold arguments, and a launcher before the compiler.
    let program = compiler.to_string_lossy();
    let program = program.split_whitespace().next().unwrap_or_default();
    let started = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    match started {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!(
            "libFuzzer needs a C++ compiler: `{program}` is not installed; \
             on Debian `apt-get install g++`, or name another by the variable `CXX`"
        ),
        Err(error) => Err(error).with_context(|| format!("the C++ compiler `{program}` does not start")),
    }
}

/// What cargo says of something that it has built, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Built {
    target: BuiltTarget,
    executable: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct BuiltTarget {
    name: String,
}

/// What cargo has built, by its messages, of which each is a line.
fn built(messages: &str) -> anyhow::Result<Vec<Built>> {
    #[derive(Deserialize)]
    struct Message {
        reason: String,
    }

    let mut all = Vec::new();
    for line in messages.lines() {
        let message: Message = serde_json::from_str(line).context("cargo says what is no JSON")?;
        if message.reason == "compiler-artifact" {
            all.push(serde_json::from_str(line).context("cargo says strangely what it has built")?);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    mod compiler {
        use super::*;

        #[test]
        fn that_is_missing_is_named_with_the_remedy() {
            let error = check_compiler(OsStr::new("no-such-compiler -O2")).unwrap_err();

            assert_eq!(
                error.to_string(),
                "libFuzzer needs a C++ compiler: `no-such-compiler` is not installed; \
                 on Debian `apt-get install g++`, or name another by the variable `CXX`"
            );
        }

        #[test]
        fn may_come_with_arguments() {
            assert!(check_compiler(OsStr::new("cargo -O2")).is_ok());
        }
    }

    mod programs {
        use super::*;

        const MESSAGES: &str = concat!(
            r#"{"reason":"build-script-executed","package_id":"a"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"token","kind":["lib"]},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"message","kind":["bin"]},"executable":"/t/message"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
            "\n",
        );

        #[test]
        fn are_where_cargo_says() {
            let programs = Programs { built: built(MESSAGES).unwrap() };

            assert_eq!(programs.path(Target::Message).unwrap(), Path::new("/t/message"));
        }

        #[test]
        fn are_missed_when_cargo_names_none() {
            let programs = Programs { built: built(MESSAGES).unwrap() };

            let error = programs.path(Target::Token).unwrap_err();

            assert_eq!(error.to_string(), "cargo has built no program `token`");
        }
    }
}
