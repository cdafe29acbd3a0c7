use std::fmt::Debug;

use dynamorm::{Error, ErrorKind};

/// The error of a call that must be refused.
#[track_caller]
#[allow(clippy::panic, reason = "a case fails by panicking, as an assertion does")]
pub(crate) fn refusal<T: Debug>(result: Result<T, Error>) -> Error {
    match result {
        Ok(value) => panic!("the call succeeded instead of being refused: {value:?}"),
        Err(error) => error,
    }
}

/// The kind of the error of a call that must be refused.
#[track_caller]
pub(crate) fn refused_as<T: Debug>(result: Result<T, Error>) -> ErrorKind {
    refusal(result).kind()
}

/// What a case put there itself and must find.
#[track_caller]
#[allow(clippy::panic, reason = "a case fails by panicking, as an assertion does")]
pub(crate) fn found<T>(item: Option<T>) -> T {
    match item {
        Some(item) => item,
        None => panic!("nothing was found"),
    }
}
