//! `cargo xtask test`: every step in order, until one fails.

mod cargo;
mod step;
mod toolchain;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use clap::ValueEnum as _;

use self::step::Step;

/// What to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Runs this step alone; may be given several times.
    #[arg(long, value_name = "STEP")]
    only: Vec<Step>,
    /// Lists the steps in their order and runs none.
    #[arg(long)]
    list: bool,
}

impl Arguments {
    /// The chosen steps, in the order in which they run whatever the order of the options.
    fn steps(&self) -> Vec<Step> {
        let chosen = |step: &Step| self.only.is_empty() || self.only.contains(step);
        Step::value_variants().iter().copied().filter(chosen).collect()
    }
}

/// Runs the chosen steps on the checkout at `root`, each with its time, and stops at the first that fails.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let steps = arguments.steps();
    if arguments.list {
        for step in steps {
            println!("{:<8} {}", step.name(), step.title());
        }
        return Ok(());
    }

    toolchain::check(root, &steps)?;
    let started = Instant::now();
    for step in &steps {
        println!("==> {}: {}", step.name(), step.title());
        let began = Instant::now();
        let outcome = step.run(root);
        let elapsed = seconds(began.elapsed());
        let verdict = if outcome.is_ok() { "passed" } else { "FAILED" };
        println!("<== {}: {verdict} in {elapsed}\n", step.name());
        outcome.with_context(|| format!("`cargo xtask test --only {}` fails", step.name()))?;
    }
    println!("{} of {} steps passed in {}", steps.len(), steps.len(), seconds(started.elapsed()));
    Ok(())
}

/// A duration for people: `3.4 s`, `2 min 5 s`.
fn seconds(elapsed: Duration) -> String {
    match elapsed.as_secs() {
        0..60 => format!("{:.1} s", elapsed.as_secs_f64()),
        whole => format!("{} min {} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    mod arguments {
        use super::*;

        #[test]
        fn run_every_step_when_none_is_named() {
            let arguments = Arguments { only: Vec::new(), list: false };

            assert_eq!(arguments.steps(), Step::value_variants());
        }

        #[test]
        fn keep_the_order_of_the_steps() {
            let arguments = Arguments { only: vec![Step::Docs, Step::Format], list: false };

            assert_eq!(arguments.steps(), [Step::Format, Step::Docs]);
        }
    }

    mod seconds {
        use super::*;

        #[test]
        fn turn_into_minutes_from_sixty_on() {
            assert_eq!(seconds(Duration::from_millis(3_400)), "3.4 s");
            assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
        }
    }
}
