//! What is known of a request.

use std::sync::Arc;

use serde_json::value::RawValue;

use crate::{error::Error, progress::Progress};

/// The newest of what the server said about a request: one progress and the end, however many messages there were.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) progress: Option<Progress>,
    pub(crate) end: Option<Result<Arc<RawValue>, Error>>,
}

impl State {
    /// Takes a progress that is news; says whether it was.
    pub(crate) fn proceed(&mut self, progress: Progress) -> bool {
        let is_news = self.end.is_none()
            && self.progress.as_ref().is_none_or(|earlier| progress.is_news_after(earlier));
        if is_news {
            self.progress = Some(progress);
        }
        is_news
    }
}
