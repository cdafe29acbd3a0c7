use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
    time::Duration,
};

use dynamorm::{
    Error,
    transport::{Capabilities, Capability},
};
use libtest_mimic::{Arguments, Completion, Failed, Trial};

use crate::{case, engine::Engine, registry::Case};

/// How long a case may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs every case on every engine, as the command line asks: the test target's `main`.
///
/// Each case is named in the output, as `<engine>::<file>::<claim>`. One that needs what the engine says it lacks is
/// shown as ignored, with the reason; if it passes all the same, the claim of the lack is false and the run fails.
pub fn run(engines: &[Engine]) -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = engines.iter().flat_map(trials).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Every case as a test of `engine`, for test targets that add their own.
pub fn trials(engine: &Engine) -> Vec<Trial> {
    case::all()
        .map(|case| {
            let engine = engine.clone();
            let name = format!("{}::{}", engine.name(), case.name());
            Trial::ignorable_test(name, move || try_case(&engine, case))
        })
        .collect()
}

/// What is said of a case on an engine.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Passed,
    Skipped(String),
    Failed(String),
}

fn try_case(engine: &Engine, case: Case) -> Result<Completion, Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let db = runtime.block_on(engine.make()).map_err(|error| format!("no database: {}", told(&error)))?;
    let capabilities = db.capabilities();
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async { tokio::time::timeout(PATIENCE, (case.run)(db)).await })
    }));
    let outcome = match outcome {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(told(&error)),
        Ok(Err(_)) => Err(format!("not done after {} seconds", PATIENCE.as_secs())),
        Err(panic) => Err(said(&*panic)),
    };
    let verdict = match engine.exception(&case.name()) {
        Some(reason) => verdict_of_an_exception(reason, outcome),
        None => verdict(case.needs, capabilities, outcome),
    };
    match verdict {
        Verdict::Passed => Ok(Completion::Completed),
        Verdict::Skipped(reason) => Ok(Completion::ignored_with(format!("skipped: {reason}"))),
        Verdict::Failed(failure) => Err(failure.into()),
    }
}

fn verdict(needs: Option<Capability>, capabilities: Capabilities, outcome: Result<(), String>) -> Verdict {
    let lack = needs.and_then(|needed| Some((needed, capabilities.lack(needed)?)));
    match (lack, outcome) {
        (None, Ok(())) => Verdict::Passed,
        (None, Err(failure)) => Verdict::Failed(failure),
        (Some((lacking, reason)), Err(_)) => Verdict::Skipped(format!("lacks {lacking:?}: {reason}")),
        (Some((lacking, _)), Ok(())) => {
            Verdict::Failed(format!("`{}` declares a lack of `{lacking:?}` but passes", capabilities.engine))
        }
    }
}

fn verdict_of_an_exception(reason: &str, outcome: Result<(), String>) -> Verdict {
    match outcome {
        Ok(()) => Verdict::Failed("it is excepted but passes".to_owned()),
        Err(_) => Verdict::Skipped(reason.to_owned()),
    }
}

/// An error and its causes.
fn told(error: &Error) -> String {
    let mut text = format!("{error} ({:?})", error.kind());
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the case panicked").to_owned()
}

#[cfg(test)]
mod tests {
    mod verdict {
        use dynamorm::transport::{Capabilities, Capability};

        use super::super::{Verdict, verdict, verdict_of_an_exception};

        const LACKING: Capabilities =
            Capabilities { engine: "an engine", lacks: &[(Capability::Streams, "it has none")] };

        #[test]
        fn passes_what_passes() {
            assert_eq!(verdict(None, LACKING, Ok(())), Verdict::Passed);
            assert_eq!(verdict(Some(Capability::Transactions), LACKING, Ok(())), Verdict::Passed);
        }

        #[test]
        fn fails_what_fails_without_a_declared_lack() {
            assert_eq!(verdict(None, LACKING, Err("red".into())), Verdict::Failed("red".into()));
            assert_eq!(
                verdict(Some(Capability::Transactions), LACKING, Err("red".into())),
                Verdict::Failed("red".into())
            );
        }

        #[test]
        fn skips_a_failure_that_is_declared_and_says_why() {
            let verdict = verdict(Some(Capability::Streams), LACKING, Err("red".into()));

            assert_eq!(verdict, Verdict::Skipped("lacks Streams: it has none".into()));
        }

        #[test]
        fn fails_a_lack_that_is_claimed_falsely() {
            let verdict = verdict(Some(Capability::Streams), LACKING, Ok(()));

            assert_eq!(
                verdict,
                Verdict::Failed("`an engine` declares a lack of `Streams` but passes".into())
            );
        }

        #[test]
        fn skips_an_exception_while_it_is_one() {
            assert_eq!(
                verdict_of_an_exception("small pages", Err("red".into())),
                Verdict::Skipped("small pages".into())
            );
            assert!(matches!(verdict_of_an_exception("small pages", Ok(())), Verdict::Failed(_)));
        }
    }

    mod cases {
        use std::collections::BTreeSet;

        use crate::case;

        #[test]
        fn have_names_of_their_own() {
            let names: BTreeSet<_> = case::all().map(|case| case.name()).collect();

            assert_eq!(names.len(), case::all().count());
        }
    }
}
