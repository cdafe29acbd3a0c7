//! Somebody's interest in a request: as long as it is there, the client listens.

use std::sync::Arc;

use serde_json::value::RawValue;
use tokio::sync::watch;

use crate::{error::Error, link::Forget, progress::Progress, state::State};

/// What one handle sees of a request.
#[derive(Clone, Debug)]
pub(crate) struct Interest {
    // Before what tells the driver of its drop, which then finds that nobody looks.
    state: watch::Receiver<State>,
    forget: Forget,
}

impl Interest {
    pub(crate) fn new(state: watch::Receiver<State>, forget: Forget) -> Self {
        Self { state, forget }
    }

    /// The next progress that is not the one that was seen; `None` when the request has ended.
    pub(crate) async fn next_progress(&mut self, seen: Option<&Progress>) -> Option<Progress> {
        let is_new = |state: &State| state.progress.is_some() && state.progress.as_ref() != seen;
        let state = self.state.wait_for(|state| is_new(state) || state.end.is_some()).await.ok()?;
        if is_new(&state) { state.progress.clone() } else { None }
    }

    /// The newest progress.
    pub(crate) fn progress(&self) -> Option<Progress> {
        self.state.borrow().progress.clone()
    }

    /// Whether the request has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.state.borrow().end.is_some()
    }

    /// The request's end, once it is there.
    pub(crate) async fn end(&mut self) -> Result<Arc<RawValue>, Error> {
        let gone = || self.forget.link().ended();
        let state = self.state.wait_for(|state| state.end.is_some()).await.map_err(|_| gone())?;
        state.end.clone().unwrap_or_else(|| Err(gone()))
    }
}
