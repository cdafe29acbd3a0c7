//! Sending a transaction until another one is not in its way any more.

use dynamorm_core::{Error, ErrorKind, FailedAction, codec::DecodeError, wire::Answer};

use crate::{Db, backoff, call::Call};

/// How often a transaction is tried while others are in its way. With pauses of up to 5 s, which double from 50 ms, that
/// is about 12 s at most.
const MAX_TRIES: u32 = 8;

/// Sends `call` again, byte for byte and so with its token, while nothing but other writes under way (or a limit of
/// capacity) stops it. `explain` says of an action that stopped it what it was.
pub(super) async fn send<T>(
    db: &Db,
    call: Call,
    read: impl Fn(&[u8]) -> Result<Answer<T>, DecodeError>,
    explain: impl Fn(usize, Error) -> FailedAction,
) -> Result<T, Error> {
    let mut attempts = 0;
    let mut tries = 0;
    loop {
        let mut error = match db.send(call.clone(), &read).await {
            Ok(answer) => return Ok(answer.value),
            Err(error) => error,
        };
        attempts += error.attempts();
        tries += 1;
        let failed = error.take_failed_actions();
        let is_cancelled = !failed.is_empty();
        let failed =
            failed.into_iter().map(|action| explain(action.position(), action.into_error())).collect();
        let error = error.with_failed_actions(failed).during(call.operation, &call.table);
        let is_in_the_way = match error.kind() {
            ErrorKind::Conflict => true,
            // A throttled request is tried again below the seam, a transaction that was cancelled for it is not.
            ErrorKind::Throttled => is_cancelled,
            _ => false,
        };
        if !is_in_the_way || tries == MAX_TRIES {
            return Err(error.with_attempts(attempts));
        }
        backoff::pause(db, tries).await;
    }
}
