//! Keeps a request while it is carried out: its lease, and the progress that others see.

use std::time::Duration;

use futures_util::future::BoxFuture;
use streamer_store::{Claimed, Error, ErrorKind};

use super::shared::Shared;
use crate::{delivery::Event, handler::Reported};

/// How often progress is written at most.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(250);

/// How a request came to be no longer held.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Lost {
    /// A caller ended it.
    Cancelled,
    /// Another worker has it, or may: the lease ended before it could be extended.
    Lease,
}

/// The hold on one request.
pub(super) struct Keeper<'a> {
    shared: &'a Shared,
    claimed: &'a Claimed,
    reported: Reported,
    /// Ends with the lease.
    end: BoxFuture<'static, ()>,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(shared: &'a Shared, claimed: &'a Claimed, reported: Reported) -> Self {
        let until = claimed.request.lease_until.unwrap_or(claimed.request.updated_at);
        let end = shared.runtime.sleep(until.saturating_duration_since(shared.queue.now()));
        Self { shared, claimed, reported, end }
    }

    /// Extends the lease and writes progress, until the request is lost.
    pub(super) async fn keep(mut self) -> Lost {
        let shared = self.shared;
        let runtime = &shared.runtime;
        let interval = shared.lease / 3;
        let mut beat = runtime.sleep(interval);
        let mut pace = runtime.sleep(Duration::ZERO);
        let mut is_paced = false;
        let mut ended = shared.wake.ended();
        loop {
            tokio::select! {
                biased;
                () = &mut self.end => return Lost::Lease,
                () = &mut beat => match self.extend().await {
                    Ok(()) => beat = runtime.sleep(interval),
                    Err(Some(lost)) => return lost,
                    // Several more times before the lease ends.
                    Err(None) => beat = runtime.sleep(interval / 4),
                },
                // Whether it is this one's end is the store's to say.
                () = ended.of(self.claimed.lease.key()) => beat = runtime.sleep(Duration::ZERO),
                () = &mut pace, if !is_paced => is_paced = true,
                () = changed(&mut self.reported), if is_paced => {
                    if let Some(lost) = self.write_progress().await {
                        return lost;
                    }
                    pace = runtime.sleep(PROGRESS_INTERVAL);
                    is_paced = false;
                }
            }
        }
    }

    /// Extends the lease: from the moment at which that was asked for.
    async fn extend(&mut self) -> Result<(), Option<Lost>> {
        let shared = self.shared;
        let until = shared.queue.now().saturating_add(shared.lease);
        let extended = tokio::select! {
            biased;
            () = &mut self.end => return Err(Some(Lost::Lease)),
            extended = shared.queue.heartbeat(&self.claimed.lease, shared.lease) => extended,
        };
        match extended {
            Ok(()) => {
                self.end = shared.runtime.sleep(until.saturating_duration_since(shared.queue.now()));
                Ok(())
            }
            Err(error) => {
                let lost = lost(&error, "a lease cannot be extended; trying again");
                if lost.is_none() {
                    shared.metrics.attempts().fails_to_extend();
                }
                Err(lost)
            }
        }
    }

    /// Writes the newest progress, and tells it.
    async fn write_progress(&mut self) -> Option<Lost> {
        let shared = self.shared;
        let progress = self.reported.borrow_and_update().clone()?;
        let written = tokio::select! {
            biased;
            () = &mut self.end => return Some(Lost::Lease),
            written = shared.queue.update_progress(&self.claimed.lease, progress.clone()) => written,
        };
        match written {
            Ok(()) => {
                shared.tell(self.claimed.lease.key(), || Event::Progress(progress));
                None
            }
            Err(error) => {
                // The same again, unless there is newer by then: it may be the only one for long.
                self.reported.mark_changed();
                lost(&error, "progress cannot be written; trying again")
            }
        }
    }
}

/// Completes when there is newer progress; never, once nobody reports any.
async fn changed(reported: &mut Reported) {
    if reported.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What an error says about the hold on the request; nothing if it is about the store.
pub(super) fn lost(error: &Error, otherwise: &'static str) -> Option<Lost> {
    match error.kind() {
        ErrorKind::Cancelled => Some(Lost::Cancelled),
        ErrorKind::LeaseLost => Some(Lost::Lease),
        _ => {
            tracing::warn!(%error, "{otherwise}");
            None
        }
    }
}
