//! Causes of failures that stand deep in a chain of sources.

use std::error::Error as StdError;

use hyper_util::client::legacy::Error as HttpError;

/// The first error of type `E` in the chain that begins with `error`.
pub(crate) fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

/// What an error began with: the last one of its chain.
pub(crate) fn innermost<'a>(error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}

/// Whether the HTTP client got no connection: nothing was sent.
pub(crate) fn is_never_connected(error: &(dyn StdError + 'static)) -> bool {
    find::<HttpError>(error).is_some_and(HttpError::is_connect)
}
