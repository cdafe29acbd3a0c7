//! What libFuzzer prints, read.

use std::fmt;

/// How much a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    executions: u64,
    executions_per_second: u64,
    /// The edges of the program's control flow that an input took.
    edges: u64,
    /// Inputs that were kept, as they reached what none before had.
    added: u64,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { executions, executions_per_second, edges, added } = self;
        write!(
            f,
            "{executions} executions, {executions_per_second} a second; {edges} edges covered; {added} inputs added"
        )
    }
}

/// An input that broke a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// Where it is kept, unless it could not be.
    input: Option<String>,
    /// The end of what was printed before it was.
    told: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.input {
            Some(input) => write!(f, "{}\nthe input is kept in `{input}`", self.told),
            None => write!(f, "{}\nno input was kept", self.told),
        }
    }
}

/// Reads what a run that did or did not succeed printed.
pub(super) fn outcome(is_success: bool, told: &str) -> Result<Figures, Failure> {
    if is_success {
        return Ok(Figures {
            executions: last_number(told, "stat::number_of_executed_units:"),
            executions_per_second: last_number(told, "stat::average_exec_per_sec:"),
            edges: last_number(told, " cov:"),
            added: last_number(told, "stat::new_units_added:"),
        });
    }
    const WRITTEN: &str = "Test unit written to ";
    let input =
        told.lines().find_map(|line| line.split_once(WRITTEN)).map(|(_, path)| path.trim().to_owned());
    Err(Failure { input, told: last_words(told) })
}

/// The number after the last `name`; 0 where there is none, which is what libFuzzer leaves out.
fn last_number(told: &str, name: &str) -> u64 {
    let number = told.rsplit_once(name).and_then(|(_, rest)| rest.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The lines from the panic on, or the last ones; without those on the progress before.
fn last_words(told: &str) -> String {
    const LINES: usize = 40;
    let lines: Vec<_> = told.lines().collect();
    let panic = lines.iter().position(|line| line.contains(" panicked at "));
    let from = panic.unwrap_or(lines.len().saturating_sub(LINES));
    lines[from..lines.len().min(from + LINES)].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    mod outcome {
        #[test]
        fn of_a_run_are_its_last_figures() {
            let told = "#2\tINITED cov: 310 ft: 311 corp: 1/1b exec/s: 0 rss: 40Mb\n\
                        #9\tNEW    cov: 417 ft: 620 corp: 2/9b lim: 4 exec/s: 0 rss: 41Mb L: 8/8 MS: 1 ChangeBit-\n\
                        Done 1398101 runs in 61 second(s)\n\
                        stat::number_of_executed_units: 1398101\n\
                        stat::average_exec_per_sec:     22919\n\
                        stat::new_units_added:          87\n";

            let figures = super::outcome(true, told).unwrap();

            assert_eq!(
                figures.to_string(),
                "1398101 executions, 22919 a second; 417 edges covered; 87 inputs added"
            );
        }

        #[test]
        fn of_a_panic_are_its_words_and_the_input() {
            let told = "#2\tINITED cov: 310 ft: 311\n\
                        \nthread '<unnamed>' (7) panicked at src/a.rs:1:2:\nbroken\n\
                        ==7== ERROR: libFuzzer: deadly signal\n\
                        artifact_prefix='a/'; Test unit written to a/crash-0f\n";

            let failure = super::outcome(false, told).unwrap_err().to_string();

            assert!(failure.starts_with("thread '<unnamed>' (7) panicked at src/a.rs:1:2:\nbroken\n"));
            assert!(failure.ends_with("\nthe input is kept in `a/crash-0f`"), "{failure}");
        }

        #[test]
        fn of_an_end_without_a_panic_are_the_last_lines() {
            let told = "first\n".to_owned() + &"line\n".repeat(40);

            let failure = super::outcome(false, &told).unwrap_err().to_string();

            assert_eq!(failure, "line\n".repeat(40) + "no input was kept");
        }
    }
}
