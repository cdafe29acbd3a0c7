//! The progress of a request as a stream.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{Stream, StreamExt, stream};

use crate::{interest::Interest, progress::Progress};

/// The progress of a request as it comes, until the request ends.
///
/// Only the newest is kept for a reader that is slow, so that its memory is bounded. What is known already comes at
/// once. Made by [`Request::progress`](crate::Request::progress).
#[must_use = "a stream does nothing until it is polled"]
pub struct ProgressStream(Pin<Box<dyn Stream<Item = Progress> + Send>>);

impl ProgressStream {
    pub(crate) fn new(interest: Interest) -> Self {
        let stream = stream::unfold((interest, None), |(mut interest, seen)| async move {
            let progress = interest.next_progress(seen.as_ref()).await?;
            Some((progress.clone(), (interest, Some(progress))))
        });
        Self(stream.boxed())
    }
}

impl Stream for ProgressStream {
    type Item = Progress;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Progress>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for ProgressStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProgressStream")
    }
}
