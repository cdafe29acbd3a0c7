//! Writes what came of an attempt.

use std::time::Duration;

use streamer_store::{Claimed, Error, ErrorKind, Json, RequestFailure, Retried};

use super::{
    keeper::{Lost, lost},
    runtime::spread,
    shared::Shared,
};
use crate::{
    delivery::Event,
    metrics::AttemptOutcome,
    protocol::{Code, FRAME_BYTES},
};

/// The pause after a first write that failed; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause between two tries.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// How often a write is tried: for about a minute. What is not written then is carried out again.
const MAX_TRIES: u32 = 18;

/// The most bytes of a result: with what stands around it, it has to fit into one message. The store would take more,
/// where it can be compressed.
const MAX_RESULT_BYTES: usize = FRAME_BYTES - 4 * 1024;

/// What is to become of a request.
#[derive(Debug)]
pub(super) enum Ending {
    /// It has a result.
    Complete(Json),
    /// It failed for good.
    Fail(RequestFailure),
    /// It failed, and another try may do, after this pause.
    Retry(RequestFailure, Option<Duration>),
    /// It is given back as it was.
    Release,
    /// It is given back for want of a handler, due after this pause.
    LeaveToOthers(Duration),
}

impl Shared {
    /// Writes an ending, tells it, and returns what came of it. A write that fails for a reason that passes is made again: a
    /// second one changes nothing that the first has done.
    pub(super) async fn end(&self, claimed: &Claimed, mut ending: Ending) -> Result<AttemptOutcome, Lost> {
        let mut pause = FIRST_PAUSE;
        if matches!(&ending, Ending::Complete(result) if result.as_str().len() > MAX_RESULT_BYTES) {
            ending = Ending::Fail(too_large(&format!("the result is larger than {MAX_RESULT_BYTES} bytes")));
        }
        for _ in 0..MAX_TRIES {
            let error = match self.write(claimed, &ending).await {
                Ok((outcome, event)) => {
                    if let Some(event) = event {
                        self.tell(claimed.lease.key(), || event);
                    }
                    return Ok(outcome);
                }
                Err(error) => error,
            };
            match (error.kind(), &ending) {
                (ErrorKind::TooLarge { .. }, Ending::Complete(_)) => {
                    ending = Ending::Fail(too_large("the result makes the request larger than 400 KB"));
                    continue;
                }
                (ErrorKind::TooLarge { .. }, Ending::Fail(_) | Ending::Retry(..)) => {
                    let text = "what is stored of the request leaves no room for why it failed: 400 KB are the limit";
                    ending = Ending::Fail(too_large(text));
                    continue;
                }
                _ => {}
            }
            if let Some(lost) = lost(&error, "an end cannot be written; trying again") {
                return Err(lost);
            }
            self.runtime.sleep(spread(&*self.runtime, pause)).await;
            pause = (pause * 2).min(MAX_PAUSE);
        }
        tracing::error!(request_id = %claimed.lease.key().request_id, "an end could not be written; another attempt will");
        Ok(AttemptOutcome::Unwritten)
    }

    /// Writes an ending once. Gives what clients are told, where the request has ended.
    async fn write(
        &self,
        claimed: &Claimed,
        ending: &Ending,
    ) -> Result<(AttemptOutcome, Option<Event>), Error> {
        let (queue, lease) = (&self.queue, &claimed.lease);
        match ending {
            Ending::Complete(result) => {
                queue.complete(lease, result.clone()).await?;
                Ok((AttemptOutcome::Completed, Some(Event::Completed(result.clone()))))
            }
            Ending::Fail(failure) => {
                queue.fail(lease, failure.clone()).await?;
                Ok((AttemptOutcome::Failed, Some(Event::Failed(failure.clone()))))
            }
            Ending::Retry(failure, pause) => match queue.retry(claimed, failure.clone(), *pause).await? {
                Retried::Failed => Ok((AttemptOutcome::Failed, Some(Event::Failed(failure.clone())))),
                Retried::At(_) => Ok((AttemptOutcome::Retried, None)),
            },
            Ending::Release => {
                queue.release(lease).await?;
                Ok((AttemptOutcome::Released, None))
            }
            Ending::LeaveToOthers(pause) => {
                queue.release_unhandled(lease, *pause).await?;
                Ok((AttemptOutcome::Released, None))
            }
        }
    }
}

fn too_large(message: &str) -> RequestFailure {
    RequestFailure::new(Code::TooLarge.as_str(), message)
}
