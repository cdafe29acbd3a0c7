//! Writes whose answer may be lost: sent again where a second run would be recognised.

use std::future::Future;

use dynamorm::{Error, ErrorKind};

/// How often such a write is sent. The transport sends what it may by itself; these are those that it may not, since
/// they count.
const MAX_ATTEMPTS: u32 = 3;

/// Sends a write until its outcome is known, three times at most.
///
/// The write's condition fails on its own success, and the item that comes back tells whose it was: that is the caller's
/// to see.
pub(super) async fn until_known<T, F: Future<Output = Result<T, Error>>>(
    mut send: impl FnMut() -> F,
) -> Result<T, Error> {
    let mut attempt = 1;
    loop {
        match send().await {
            Err(error) if is_unknown(&error) && attempt < MAX_ATTEMPTS => attempt += 1,
            outcome => return outcome,
        }
    }
}

/// Whether the write may have been done all the same.
fn is_unknown(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Unavailable | ErrorKind::Interrupted)
}
