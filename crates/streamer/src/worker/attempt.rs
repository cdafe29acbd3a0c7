//! One attempt at one request.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use streamer_store::{Claimed, Json};
use tokio_util::sync::CancellationToken;

use super::{
    ending::Ending,
    keeper::{Keeper, Lost},
    shared::Shared,
};
use crate::{
    delivery::Event,
    handler::{Cancellation, Checkpoint, Context, ErasedHandler, HandlerError},
    metrics::AttemptOutcome,
    protocol::Code,
};

/// How long a handler has to notice that its request was cancelled, before its future is dropped.
const CANCELLATION_TIME: Duration = Duration::from_secs(5);

/// How long a request is given back for want of a handler before it fails, where no worker with one has had a try.
const UNHANDLED_PATIENCE: Duration = Duration::from_secs(60 * 60);

/// For how long it is left to others the first time: one of them looks for work within that.
const FIRST_UNHANDLED_PAUSE: Duration = Duration::from_secs(1);

/// And never longer than this.
const MAX_UNHANDLED_PAUSE: Duration = Duration::from_secs(30);

/// In between it is left to them for this part of the time for which it has been so: the longer nobody could, the rarer it
/// is claimed in vain.
const UNHANDLED_PAUSE_SHARE: u32 = 4;

/// How an attempt came out.
enum Outcome {
    /// The handler is done.
    Done(Result<Json, HandlerError>),
    /// The request is no longer held.
    Lost(Lost),
    /// The worker stops before the handler is done.
    Stopped,
}

impl Shared {
    /// Carries a request out and writes what came of it. `hurry` says that the worker stops, and can wait no longer.
    pub(super) async fn carry_out(&self, claimed: Claimed, hurry: CancellationToken) {
        let key = claimed.lease.key();
        tracing::debug!(request_id = %key.request_id, tenant_id = %key.tenant_id, attempt = claimed.request.attempt, "begins");
        let counted = self
            .metrics
            .attempts()
            .begins(self.metrics.action(&claimed.request.action), self.delay(&claimed));
        counted.ends(self.attempt(&claimed, hurry).await);
    }

    /// How long a request was due when it was claimed, where that was its first claim: what a later one waited for is
    /// another attempt's to say.
    fn delay(&self, claimed: &Claimed) -> Option<Duration> {
        (claimed.request.attempt == 1).then(|| self.age(claimed))
    }

    /// For how long a request could have been carried out, since it was submitted or requeued.
    fn age(&self, claimed: &Claimed) -> Duration {
        let request = &claimed.request;
        let due = request.process_after.map_or(request.created_at, |after| after.max(request.created_at));
        self.queue.now().saturating_duration_since(due)
    }

    async fn attempt(&self, claimed: &Claimed, hurry: CancellationToken) -> AttemptOutcome {
        let ending = match self.handlers.named(&claimed.request.action) {
            Some(handler) => match self.run(&**handler, claimed, hurry).await {
                Outcome::Done(Ok(result)) => Ending::Complete(result),
                Outcome::Done(Err(error)) if error.is_retryable() => {
                    let pause = error.pause().or_else(|| handler.retry_pause(claimed.request.tries));
                    Ending::Retry(error.into_stored(), pause)
                }
                Outcome::Done(Err(error)) => Ending::Fail(error.into_stored()),
                Outcome::Stopped => Ending::Release,
                Outcome::Lost(lost) => return self.give_up(claimed, lost),
            },
            None => self.without_handler(claimed),
        };
        match self.end(claimed, ending).await {
            Ok(outcome) => outcome,
            Err(lost) => self.give_up(claimed, lost),
        }
    }

    /// Runs the handler until it is done, its time is over, or the request is no longer to be carried out here.
    async fn run(&self, handler: &dyn ErasedHandler, claimed: &Claimed, hurry: CancellationToken) -> Outcome {
        let (time_limit, cancellation) = (handler.time_limit(), Cancellation::new());
        let checkpoint = Checkpoint::of_claimed(self.queue.clone(), claimed);
        let (context, reported) = Context::of_claimed(claimed, checkpoint, time_limit, cancellation.clone());
        // Whatever drops this, a thread that the handler left behind is told.
        let guard = cancellation.drop_guard();
        let handling = handler.handle(claimed.request.payload.as_str(), &context);
        let mut handling = std::pin::pin!(AssertUnwindSafe(handling).catch_unwind());
        let mut time_over = self.runtime.sleep(time_limit);
        let lost = tokio::select! {
            biased;
            handled = &mut handling => return Outcome::Done(handled.unwrap_or_else(|_| Err(panicked(claimed)))),
            lost = Keeper::new(self, claimed, reported).keep() => lost,
            () = hurry.cancelled() => return Outcome::Stopped,
            () = &mut time_over => return Outcome::Done(Err(too_slow(time_limit))),
        };
        drop(guard);
        if lost == Lost::Cancelled {
            tokio::select! {
                biased;
                _ = handling => {}
                () = hurry.cancelled() => {}
                () = self.runtime.sleep(CANCELLATION_TIME) => {}
            }
        }
        Outcome::Lost(lost)
    }

    /// A request that this worker cannot carry out: another may, of a newer version or with other settings. Its tries are
    /// not used up by that. Where nobody could for an hour, and nobody ever began, it fails.
    fn without_handler(&self, claimed: &Claimed) -> Ending {
        let request = &claimed.request;
        let since = request.unhandled_since.map(|since| self.queue.now().saturating_duration_since(since));
        let waited = since.unwrap_or_default();
        // The try of this claim is given back: what is above it was a worker's that had a handler.
        let was_begun = request.tries > 1;
        if was_begun || waited < UNHANDLED_PATIENCE {
            let pause = waited / UNHANDLED_PAUSE_SHARE;
            return Ending::LeaveToOthers(pause.clamp(FIRST_UNHANDLED_PAUSE, MAX_UNHANDLED_PAUSE));
        }
        let unknown = HandlerError::fail("no worker has a handler for this action");
        Ending::Fail(unknown.with_code(Code::InvalidAction).into_stored())
    }

    fn give_up(&self, claimed: &Claimed, lost: Lost) -> AttemptOutcome {
        let (key, attempt) = (claimed.lease.key(), claimed.request.attempt);
        match lost {
            Lost::Cancelled => {
                tracing::debug!(request_id = %key.request_id, tenant_id = %key.tenant_id, attempt, "was cancelled");
                self.tell(key, || Event::Cancelled);
                AttemptOutcome::Cancelled
            }
            Lost::Lease => {
                tracing::warn!(request_id = %key.request_id, tenant_id = %key.tenant_id, attempt, "the lease was lost; another worker goes on");
                AttemptOutcome::LeaseLost
            }
        }
    }
}

fn panicked(claimed: &Claimed) -> HandlerError {
    let key = claimed.lease.key();
    // What it says may be of the payload: neither the log nor a client is told.
    tracing::error!(request_id = %key.request_id, tenant_id = %key.tenant_id, "the handler panicked");
    HandlerError::retry("the handler broke off")
}

fn too_slow(time_limit: Duration) -> HandlerError {
    HandlerError::retry(format!("not done within {time_limit:?}")).with_code(Code::Timeout)
}
