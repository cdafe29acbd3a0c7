use std::{io, process::Command};

use anyhow::{Context as _, anyhow, bail};

/// A program that has to be installed.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) name: &'static str,
    /// What makes it tell its version.
    pub(super) version: &'static str,
    /// The oldest version that does.
    pub(super) least: Version,
    /// How to get it.
    pub(super) remedy: &'static str,
}

/// The first two parts of a version.
pub(super) type Version = (u32, u32);

impl Program {
    /// Refuses a program that is not installed, or too old.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let told = run(Command::new(self.name).arg(self.version)).with_context(|| self.needed())?;
        self.check_version(&told)
    }

    fn check_version(&self, told: &str) -> anyhow::Result<()> {
        let found =
            version(told).with_context(|| format!("`{} {}` tells no version", self.name, self.version))?;
        if found < self.least {
            return Err(anyhow!("found {}.{}", found.0, found.1).context(self.needed()));
        }
        Ok(())
    }

    fn needed(&self) -> String {
        let Self { name, least: (major, minor), remedy, .. } = self;
        format!("needs `{name}` {major}.{minor} or newer ({remedy})")
    }
}

/// Runs `command` to its end and returns all that it printed.
///
/// # Errors
/// If it does not start, or fails: with the last lines that it printed.
pub(super) fn run(command: &mut Command) -> anyhow::Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = match command.output() {
        Ok(output) => output,
        Err(error) if error.kind() == io::ErrorKind::NotFound => bail!("`{name}` is not installed"),
        Err(error) => return Err(error).with_context(|| format!("`{name}` does not start")),
    };
    let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
    printed.push_str(&String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("`{name}` ended with {}: {}", output.status, end_of(&printed));
    }
    Ok(printed)
}

/// The last lines of what a program printed, as one line.
pub(super) fn end_of(printed: &str) -> String {
    const LINES: usize = 3;
    let lines: Vec<_> = printed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].join(" | ")
}

/// The version in what a program says of itself: `11.19.1`, `Python 3.11.7`, `openjdk version "17.0.15" 2025-04-15`.
fn version(told: &str) -> Option<Version> {
    // Java may say first which options it picked up.
    let told = told.split_once("version \"").map_or(told, |(_, rest)| rest);
    let told = &told[told.find(|c: char| c.is_ascii_digit())?..];
    let end = told.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(told.len());
    let mut parts = told[..end].split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next().unwrap_or(Ok(0)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAVA: Program = Program { name: "java", version: "-version", least: (17, 0), remedy: "install it" };

    mod version {
        use super::version;

        #[test]
        fn is_found_in_what_programs_say_of_themselves() {
            let cases = [
                ("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK Runtime Environment", (17, 0)),
                ("java version \"1.8.0_392\"\n", (1, 8)),
                ("openjdk version \"21\" 2023-09-19\n", (21, 0)),
                ("openjdk version \"26-ea\" 2026-03-17\n", (26, 0)),
                ("Picked up JAVA_TOOL_OPTIONS: -Xmx512m\nopenjdk version \"11.0.2\"\n", (11, 0)),
                ("Python 3.11.7\n", (3, 11)),
                ("11.19.1\n", (11, 19)),
            ];
            for (told, expected) in cases {
                assert_eq!(version(told), Some(expected), "{told}");
            }
            assert_eq!(version("none"), None);
        }
    }

    mod program {
        use super::*;

        #[test]
        fn is_refused_when_it_is_too_old() {
            let error = JAVA.check_version("java version \"1.8.0_392\"").unwrap_err();

            assert_eq!(format!("{error:#}"), "needs `java` 17.0 or newer (install it): found 1.8");
            assert!(JAVA.check_version("openjdk version \"17\"").is_ok());
        }

        #[test]
        fn is_refused_when_it_is_not_there() {
            let error = Program { name: "no-such-program", ..JAVA }.check().unwrap_err();

            let expected =
                "needs `no-such-program` 17.0 or newer (install it): `no-such-program` is not installed";
            assert_eq!(format!("{error:#}"), expected);
        }
    }

    mod run {
        use super::*;

        #[test]
        fn tells_why_a_program_failed() {
            let error =
                run(Command::new("sh").args(["-c", "echo a; echo b; echo; echo c >&2; echo d; exit 3"]));

            let error = format!("{:#}", error.unwrap_err());
            assert!(error.starts_with("`sh` ended with exit status: 3: "), "{error}");
            assert!(error.ends_with("b | d | c"), "{error}");
        }
    }
}
