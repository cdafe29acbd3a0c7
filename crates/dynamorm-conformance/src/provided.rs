use std::{
    env,
    ffi::OsString,
    io::{self, Write as _},
};

/// What the environment variable `name` holds: something that a test needs and no crate brings, such as a program or
/// the address of a server. `cargo xtask test` sets these variables.
///
/// `None` says that it is not there and that the test has to end; the reason is printed, captured output or not.
///
/// # Panics
/// If it is not there with `CI=true` in the environment: there, nothing may be left out.
#[expect(clippy::panic, reason = "it ends a test")]
pub fn provided(name: &str) -> Option<String> {
    let is_ci = env::var_os("CI").is_some_and(|ci| ci == "true");
    match decide(name, env::var_os(name), is_ci) {
        Decision::Use(value) => Some(value),
        Decision::Skip(reason) => {
            // Not `eprintln!`: the test runner keeps what that prints to itself while the test passes.
            let _ = writeln!(io::stderr(), "skipped: {reason}");
            None
        }
        Decision::Fail(reason) => panic!("{reason}"),
    }
}

/// What becomes of a test.
#[derive(Debug, PartialEq, Eq)]
enum Decision {
    Use(String),
    Skip(String),
    Fail(String),
}

fn decide(name: &str, value: Option<OsString>, is_ci: bool) -> Decision {
    let value = value.map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty());
    let reason = || format!("`{name}` is not set; `cargo xtask test --only tests` sets it");
    match value {
        Some(value) => Decision::Use(value),
        None if is_ci => Decision::Fail(reason()),
        None => Decision::Skip(reason()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, decide};

    #[test]
    fn is_what_the_variable_holds() {
        for is_ci in [false, true] {
            let decision = decide("SERVER", Some("http://127.0.0.1:1".into()), is_ci);

            assert_eq!(decision, Decision::Use("http://127.0.0.1:1".into()));
        }
    }

    #[test]
    fn is_done_without_on_a_developers_machine_and_never_in_ci() {
        for value in [None, Some("".into())] {
            assert!(matches!(decide("SERVER", value.clone(), false), Decision::Skip(_)));
            assert!(matches!(decide("SERVER", value, true), Decision::Fail(_)));
        }
    }

    #[test]
    fn says_how_to_get_what_is_missing() {
        let Decision::Skip(reason) = decide("SERVER", None, false) else { panic!("it is there") };

        assert_eq!(reason, "`SERVER` is not set; `cargo xtask test --only tests` sets it");
    }
}
