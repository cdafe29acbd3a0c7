//! What tests need beside the crates, set up under `target`: a Python with boto3, and DynamoDB Local;
//! and a browser.

mod boto3;
mod chromium;
mod dynamodb_local;
mod program;

use std::{env, ffi::OsString, path::Path};

use anyhow::Context as _;

use self::dynamodb_local::DynamodbLocal;

/// Where tests find a Python that has boto3.
const PYTHON: &str = "DYNAMORM_PYTHON";

/// Where tests find the address of DynamoDB Local, such as `http://127.0.0.1:8000`.
const DYNAMODB_LOCAL: &str = "DYNAMORM_DYNAMODB_LOCAL";

/// Where tests find a browser: Chromium, or one that takes its flags.
const CHROMIUM: &str = "DYNAMORM_CHROMIUM";

/// What was set up. It is there until this is dropped.
#[derive(Debug, Default)]
pub(crate) struct Provision {
    variables: Vec<(&'static str, OsString)>,
    _dynamodb_local: Option<DynamodbLocal>,
}

impl Provision {
    /// Sets up all that can be set up here, and says what cannot: the tests that need it leave themselves out.
    ///
    /// What the environment names already is taken from there.
    ///
    /// # Errors
    /// With `CI=true` in the environment, if anything cannot be set up.
    pub(crate) fn set_up(root: &Path) -> anyhow::Result<Self> {
        let mut provision = Self::default();
        if is_absent(PYTHON)
            && let Some(python) = unless_missing("the tests with boto3", boto3::set_up(root))?
        {
            provision.variables.push((PYTHON, python.into()));
        }
        if is_absent(DYNAMODB_LOCAL)
            && let Some(server) = unless_missing("the tests on DynamoDB Local", DynamodbLocal::start(root))?
        {
            provision.variables.push((DYNAMODB_LOCAL, server.url().into()));
            provision._dynamodb_local = Some(server);
        }
        if is_absent(CHROMIUM)
            && let Some(browser) = unless_missing("the tests in a browser", chromium::set_up(is_ci()))?
        {
            provision.variables.push((CHROMIUM, browser.into()));
        }
        Ok(provision)
    }

    /// The variables by which tests find it.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&'static str, &OsString)> {
        self.variables.iter().map(|(name, value)| (*name, value))
    }
}

/// Runs DynamoDB Local in the foreground, until Ctrl-C.
pub(crate) fn serve_dynamodb_local(root: &Path) -> anyhow::Result<()> {
    let mut server = DynamodbLocal::start(root)?;
    println!("{DYNAMODB_LOCAL}={}", server.url());
    eprintln!("each access key has a database of its own; Ctrl-C stops the server");
    server.wait()
}

fn is_absent(variable: &str) -> bool {
    env::var_os(variable).is_none_or(|value| value.is_empty())
}

/// Says what is left out for want of what could not be set up, or fails in CI.
fn unless_missing<T>(tests: &str, outcome: anyhow::Result<T>) -> anyhow::Result<Option<T>> {
    decide(tests, outcome, is_ci())
}

fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|ci| ci == "true")
}

fn decide<T>(tests: &str, outcome: anyhow::Result<T>, is_ci: bool) -> anyhow::Result<Option<T>> {
    match outcome {
        Ok(ready) => Ok(Some(ready)),
        Err(error) if is_ci => Err(error).with_context(|| format!("{tests} cannot run, and CI runs all")),
        Err(error) => {
            println!("skipping {tests}: {error:#}");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::decide;

    #[test]
    fn goes_on_without_what_is_missing_except_in_ci() {
        let missing = || Err::<(), _>(anyhow!("`java` is not installed"));

        assert!(decide("the tests", missing(), false).unwrap().is_none());
        let error = decide("the tests", missing(), true).unwrap_err();
        assert_eq!(format!("{error:#}"), "the tests cannot run, and CI runs all: `java` is not installed");
    }
}
