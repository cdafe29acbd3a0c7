use std::time::Duration;

use dynamorm::Timestamp;
use proptest::{prop_assert, prop_assert_eq};
use streamer_store::{Claimed, ErrorKind, Progress, RequestFailure, Retried};

use super::{
    RequestWalk,
    command::HeldWrite,
    json,
    reference::{Owned, Reference},
};
use crate::walk::{Step, answer};

impl RequestWalk {
    /// A write by one of the leases that were ever given; nothing where there is none yet.
    pub(super) async fn write_held(&mut self, hold: usize, write: HeldWrite) -> Step {
        let Some(place) = self.holds.len().checked_sub(1 + hold) else { return Ok(()) };
        let held = self.holds[place].clone();
        let (queue, reference) = (&self.queue, &mut self.reference);
        let (answered, expected) = match write {
            HeldWrite::Heartbeat(lease) => {
                let expected = reference.heartbeat(&held, lease);
                (queue.heartbeat(&held.lease, lease).await, expected)
            }
            HeldWrite::Progress(percentage, message) => {
                let message = message.map(str::to_owned);
                let details = message.as_ref().map(|_| json(r#"{"rows":1}"#));
                let progress = Progress { percentage, message, details };
                let expected = reference.progress(&held, progress.clone());
                (queue.update_progress(&held.lease, progress).await, expected)
            }
            HeldWrite::Checkpoint(text) => {
                let expected = reference.checkpoint(&held, json(text));
                (queue.save_checkpoint(&held.lease, json(text)).await, expected)
            }
            HeldWrite::Complete(text) => {
                let expected = reference.complete(&held, json(text));
                (queue.complete(&held.lease, json(text)).await, expected)
            }
            HeldWrite::Fail(message) => {
                let expected = reference.fail(&held, failure(message));
                (queue.fail(&held.lease, failure(message)).await, expected)
            }
            HeldWrite::Retry(message, after) => return self.retry(&held, message, after).await,
            HeldWrite::Release => {
                let expected = reference.release(&held);
                (queue.release(&held.lease).await, expected)
            }
        };
        self.compare(held.lease.key(), answer(answered), expected.map(drop)).await
    }

    async fn retry(&mut self, held: &Claimed, message: &str, after: Option<Duration>) -> Step {
        let retried = answer(self.queue.retry(held, failure(message), after).await);
        if held.request.tries > held.request.max_retries {
            let expected = self.reference.fail(held, failure(message)).map(|_| Retried::Failed);
            return self.compare(held.lease.key(), retried, expected).await;
        }
        let now = self.reference.now;
        // The store chose the pause, where none is given.
        let at = match (&retried, after) {
            (Ok(Retried::At(at)), None) => *at,
            _ => now.saturating_add(after.unwrap_or_default()),
        };
        let pause = at.duration_since(now).unwrap_or_default();
        let is_allowed = at >= now && (after.is_some() || pause <= longest_pause(held.request.tries));
        prop_assert!(is_allowed, "a pause of {pause:?}");
        let expected = expected_retry(&mut self.reference, held, message, at);
        prop_assert_eq!(&retried, &expected, "the answer (left) is not the reference's");
        self.compare_stored(held.lease.key()).await
    }
}

fn expected_retry(
    reference: &mut Reference,
    held: &Claimed,
    message: &str,
    at: Timestamp,
) -> Result<Retried, ErrorKind> {
    reference.retry(held, failure(message), at).map(|_: Owned| Retried::At(at))
}

/// Full jitter: a bound that doubles from one second, up to five minutes.
fn longest_pause(tries: u32) -> Duration {
    Duration::from_secs(2_u64.pow(tries.saturating_sub(1)).min(300))
}

fn failure(message: &str) -> RequestFailure {
    RequestFailure::new("PROCESSING_FAILED", message)
}
