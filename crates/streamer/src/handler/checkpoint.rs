//! What one attempt leaves for the next.

use streamer_store::{Claimed, ErrorKind, Json, Lease, RequestQueue, Timestamp};

use super::failure::HandlerError;
use crate::protocol::Code;

/// Where an attempt keeps what a later one goes on from.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint {
    queue: RequestQueue,
    lease: Option<Lease>,
    stored: Option<Json>,
}

impl Checkpoint {
    /// Of a request that is held.
    pub(crate) fn of_claimed(queue: RequestQueue, claimed: &Claimed) -> Self {
        Self { queue, lease: Some(claimed.lease.clone()), stored: claimed.request.checkpoint.clone() }
    }

    /// Of a message that is answered at once: nothing is kept.
    pub(crate) fn none(queue: RequestQueue) -> Self {
        Self { queue, lease: None, stored: None }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.queue.now()
    }

    pub(super) fn stored(&self) -> Option<&Json> {
        self.stored.as_ref()
    }

    pub(super) async fn save(&self, json: Json) -> Result<(), HandlerError> {
        let Some(lease) = &self.lease else {
            return Err(HandlerError::fail("an action that is answered at once has no checkpoint"));
        };
        self.queue.save_checkpoint(lease, json).await.map_err(|error| match error.kind() {
            ErrorKind::TooLarge { .. } => {
                HandlerError::fail("the checkpoint makes the request larger than 400 KB")
                    .with_code(Code::TooLarge)
            }
            _ => HandlerError::retry("the checkpoint could not be kept"),
        })
    }
}
