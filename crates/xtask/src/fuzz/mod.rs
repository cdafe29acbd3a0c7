//! `cargo xtask fuzz`: libFuzzer looks for inputs that break what Streamer reads from strangers.
//!
//! What cargo-fuzz does, with the compiler that builds everything else: the coverage that libFuzzer goes by takes no
//! nightly one. AddressSanitizer does, and would find little in code that has no `unsafe`.

mod campaign;
mod folder;
mod outcome;
mod programs;
mod target;

use std::{path::Path, time::Duration};

use anyhow::{Context as _, bail};
use clap::ValueEnum as _;

use self::{campaign::Campaign, programs::Programs, target::Target};

/// What to fuzz, and for how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Fuzzes these alone; otherwise all, one after the other
    #[arg(value_name = "TARGET")]
    targets: Vec<Target>,
    /// How many seconds each of them runs, at most a day
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    seconds: u32,
}

impl Arguments {
    /// The chosen targets, each once.
    fn chosen(&self) -> Vec<Target> {
        let is_chosen = |target: &Target| self.targets.is_empty() || self.targets.contains(target);
        Target::value_variants().iter().copied().filter(is_chosen).collect()
    }
}

/// Builds the chosen targets of the checkout at `root` and runs each for its time, whatever became of those before.
///
/// # Errors
/// If a target cannot be built or run, and if an input broke one: the input is kept, and the message says where.
pub(crate) fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let targets = arguments.chosen();
    let programs = Programs::build(root, &targets)?;
    let time = Duration::from_secs(arguments.seconds.into());

    let mut broken = 0;
    for target in &targets {
        println!("==> {target}: {} s", time.as_secs());
        let campaign = Campaign::new(root, *target);
        let outcome = campaign.run(programs.path(*target)?, time);
        match outcome.with_context(|| format!("the target `{target}` cannot be run"))? {
            Ok(figures) => println!("<== {target}: {figures}\n"),
            Err(failure) => {
                broken += 1;
                println!("<== {target}: BROKEN\n");
                eprintln!("{failure}\n{}\n", campaign.remedy());
            }
        }
    }
    if broken > 0 {
        bail!("{broken} of {} targets are broken by an input", targets.len());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    mod arguments {
        use super::*;

        #[test]
        fn fuzz_every_target_when_none_is_named() {
            let arguments = Arguments { targets: Vec::new(), seconds: 1 };

            assert_eq!(arguments.chosen(), Target::value_variants());
        }

        #[test]
        fn fuzz_a_target_once_that_is_named_twice() {
            let arguments =
                Arguments { targets: vec![Target::Token, Target::Frames, Target::Token], seconds: 1 };

            assert_eq!(arguments.chosen(), [Target::Frames, Target::Token]);
        }
    }
}
