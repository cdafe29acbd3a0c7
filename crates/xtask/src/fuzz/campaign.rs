use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;

use super::{
    folder::FOLDER,
    outcome::{Failure, Figures, outcome},
    target::Target,
};

/// How long one input may take. The slowest of the corpora takes a few milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// One target's folders, below the root.
#[derive(Debug)]
pub(super) struct Campaign {
    root: PathBuf,
    target: Target,
}

impl Campaign {
    pub(super) fn new(root: &Path, target: Target) -> Self {
        Self { root: root.to_owned(), target }
    }

    /// Runs the target's `program` for `time`, or until an input breaks it.
    ///
    /// It starts from the committed corpus and from what earlier runs added to it, and changes the latter alone.
    pub(super) fn run(&self, program: &Path, time: Duration) -> anyhow::Result<Result<Figures, Failure>> {
        for folder in [self.found(), self.artifacts()] {
            fs::create_dir_all(self.root.join(&folder))
                .with_context(|| format!("`{folder}` cannot be made"))?;
        }
        let log = self.log();
        let file =
            File::create(self.root.join(&log)).with_context(|| format!("`{log}` cannot be written"))?;
        let status = self
            .command(program, time)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .status()
            .with_context(|| format!("`{}` does not start", program.display()))?;
        let told = fs::read(self.root.join(&log)).with_context(|| format!("`{log}` is not readable"))?;
        Ok(outcome(status.success(), &String::from_utf8_lossy(&told)))
    }

    /// What to do about an input that breaks the target.
    pub(super) fn remedy(&self) -> String {
        format!(
            "all of it stands in `{}`; mend what the input breaks, and add the input to `{}`, \
             which `cargo test -p streamer --test corpus` goes through",
            self.log(),
            self.corpus()
        )
    }

    fn command(&self, program: &Path, time: Duration) -> Command {
        let mut command = Command::new(program);
        // New inputs go to the first folder.
        command.arg(self.found()).arg(self.corpus()).current_dir(&self.root);
        command.arg(format!("-max_total_time={}", time.as_secs()));
        command.arg(format!("-timeout={}", PATIENCE.as_secs()));
        command.arg(format!("-artifact_prefix={}/", self.artifacts()));
        command.arg("-print_final_stats=1");
        // Where a panic comes from; errors that are no panics need not pay for it.
        command.envs([("RUST_BACKTRACE", "1"), ("RUST_LIB_BACKTRACE", "0")]);
        command
    }

    /// The committed inputs.
    fn corpus(&self) -> String {
        format!("crates/streamer/fuzz/corpus/{}", self.target)
    }

    /// The inputs that runs found to reach new code.
    fn found(&self) -> String {
        format!("{FOLDER}/corpus/{}", self.target)
    }

    /// The inputs that broke the target.
    fn artifacts(&self) -> String {
        format!("{FOLDER}/artifacts/{}", self.target)
    }

    /// What the last run printed.
    fn log(&self) -> String {
        format!("{FOLDER}/{}.log", self.target)
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// Runs a shell script in place of a program, and returns what came of it and the checkout.
    fn run(script: &str) -> (Result<Figures, Failure>, tempfile::TempDir) {
        use std::os::unix::fs::PermissionsExt as _;

        let root = tempfile::tempdir().unwrap();
        let program = root.path().join("program");
        fs::write(&program, format!("#!/bin/sh\n{script}")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let outcome = Campaign::new(root.path(), Target::Token).run(&program, Duration::from_secs(7));
        (outcome.unwrap(), root)
    }

    mod campaign {
        use super::*;

        #[test]
        fn is_given_its_time_and_its_folders_and_changes_no_corpus_that_is_committed() {
            let (outcome, root) = run("echo \"$@\"");

            outcome.unwrap();
            let given = fs::read_to_string(root.path().join("target/fuzz/token.log")).unwrap();
            let expected = "target/fuzz/corpus/token crates/streamer/fuzz/corpus/token -max_total_time=7 \
                            -timeout=10 -artifact_prefix=target/fuzz/artifacts/token/ -print_final_stats=1\n";
            assert_eq!(given, expected);
        }

        #[test]
        fn fails_when_its_program_does() {
            let (outcome, _root) =
                run("echo 'Test unit written to target/fuzz/artifacts/token/crash-1' >&2; exit 77");

            let failure = outcome.unwrap_err().to_string();
            assert!(failure.contains("`target/fuzz/artifacts/token/crash-1`"), "{failure}");
        }
    }
}
