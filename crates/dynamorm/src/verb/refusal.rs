//! What a condition that did not hold means.

use dynamorm_core::{Error, ErrorKind, Timestamp, model::Model, wire::is_same_item};

use crate::expiry;

/// Whether the stored item of a failed condition is there: it has not expired.
pub(super) fn is_there<M: Model>(error: &Error, now: Timestamp) -> bool {
    match error.stored::<M>() {
        Ok(Some(stored)) => expiry::is_alive(&stored, now),
        Ok(None) => false,
        // It is there, whatever it holds.
        Err(_) => true,
    }
}

/// Takes a stored item that has expired out of the error: it is absent.
pub(super) fn without_expired<M: Model>(error: Error, now: Timestamp) -> Error {
    if error.kind() == ErrorKind::ConditionFailed && !is_there::<M>(&error, now) {
        error.with_stored(None)
    } else {
        error
    }
}

/// Whether a write of a whole item was refused by what an earlier attempt of the same call wrote: its answer was lost.
pub(super) fn met_itself(error: &Error, item: &[u8]) -> bool {
    error.kind() == ErrorKind::ConditionFailed
        && error.attempts() > 1
        && error.stored_json().is_some_and(|stored| is_same_item(stored, item))
}
