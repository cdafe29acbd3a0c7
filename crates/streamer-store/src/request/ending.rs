//! What callers and reapers make of a request that no one needs to hold.

use dynamorm::{Condition, PathConditions as _, Timestamp};

use super::{
    failure::RequestFailure,
    key::RequestKey,
    model::AsyncRequest,
    queue::{RequestQueue, item_key, stored},
    status::RequestStatus,
};
use crate::error::{Error, ErrorKind};

impl RequestQueue {
    /// Ends a request that is open. Its worker hears of it with its next heartbeat or progress. Idempotent.
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`] where it has ended otherwise; [`ErrorKind::NotFound`] where there is none.
    pub async fn cancel(&self, key: &RequestKey) -> Result<(), Error> {
        const OPERATION: &str = "requests.cancel";
        self.check(OPERATION, key)?;
        let (fields, now) = (AsyncRequest::fields(), self.now());
        let status = RequestStatus::Cancelled;
        let update = || self.ending(key, status, now).only_if(fields.status.one_of(RequestStatus::OPEN));
        Self::send_ending(update).await.or_else(|error| {
            settle(OPERATION, key, error, status, |request| request.status == RequestStatus::Cancelled)
        })
    }

    /// Makes an ended request due again, as if it were new: its tries begin at 0, `attempt` counts on, and `process_after`
    /// is the instant at which that is done. Idempotent while it is open.
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`] where it is open; [`ErrorKind::NotFound`] where there is none, or it has expired;
    /// [`ErrorKind::Conflict`] where it changed at the same moment.
    pub async fn requeue(&self, key: &RequestKey) -> Result<(), Error> {
        const OPERATION: &str = "requests.requeue";
        let request = self.read(OPERATION, key, true).await?;
        if request.status.is_open() {
            return Err(illegal(OPERATION, request.status, RequestStatus::Pending).with_key(key));
        }
        let (fields, now) = (AsyncRequest::fields(), self.now());
        let update = self
            .db
            .update(item_key(key))
            .set(fields.status, RequestStatus::Pending)
            .set(fields.status_shard, self.shards.open_of(request.priority, key))
            .set(fields.visible_at, now)
            // From here on it could have been carried out, however long ago it was submitted.
            .set(fields.process_after, now)
            .set(fields.updated_at, now)
            .set(fields.tries, 0_u32)
            .remove(fields.ttl)
            .remove(fields.result)
            .remove(fields.error)
            .remove(fields.checkpoint)
            .remove(fields.progress)
            .remove(fields.progress_message)
            .remove(fields.progress_details)
            .remove(fields.unhandled_since)
            .remove(fields.processing_started)
            .remove(fields.processing_ended)
            .remove(fields.retry_after)
            .remove(fields.worker)
            .remove(fields.lease_id)
            .remove(fields.lease_until)
            .only_if(fields.status.eq(request.status).and(fields.updated_at.eq(request.updated_at)))
            .await;
        update.or_else(|error| {
            settle(OPERATION, key, error, RequestStatus::Pending, |stored| {
                stored.status.is_open() && stored.updated_at == now
            })
        })
    }

    /// What a caller may make of a request by naming the status: [`cancel`](Self::cancel) or [`requeue`](Self::requeue).
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`] for any other status, and as those do.
    pub async fn update_status(&self, key: &RequestKey, status: RequestStatus) -> Result<(), Error> {
        const OPERATION: &str = "requests.update_status";
        match status {
            RequestStatus::Cancelled => self.cancel(key).await,
            RequestStatus::Pending => self.requeue(key).await,
            to => {
                let from = self.read(OPERATION, key, true).await?.status;
                Err(illegal(OPERATION, from, to).with_key(key))
            }
        }
    }

    /// Removes a request that has ended. Idempotent.
    ///
    /// # Errors
    /// [`ErrorKind::IllegalTransition`] while it is open.
    pub async fn delete(&self, key: &RequestKey) -> Result<(), Error> {
        const OPERATION: &str = "requests.delete";
        use dynamorm::ErrorKind::{ConditionFailed, NotFound};

        self.check(OPERATION, key)?;
        let is_ended = AsyncRequest::fields().status.one_of(RequestStatus::ENDED);
        let error = match self.db.delete(item_key(key)).only_if(is_ended).await {
            Ok(_) => return Ok(()),
            Err(error) => error,
        };
        let stored = stored(OPERATION, &error)?;
        match (error.kind(), stored) {
            (NotFound, _) | (ConditionFailed, None) => Ok(()),
            (ConditionFailed, Some(request)) => {
                let message =
                    format!("the request is {}; only one that has ended is deleted", request.status);
                let kind = ErrorKind::IllegalTransition { from: request.status, to: request.status };
                Err(Error::new(kind, OPERATION, message).with_key(key))
            }
            _ => Err(Error::from_mapper(OPERATION, error).with_key(key)),
        }
    }

    /// Fails a request that is due and has no try left, with its last error; nothing for any other. Says whether it did.
    pub(super) async fn reap_one(&self, key: &RequestKey) -> Result<bool, Error> {
        const OPERATION: &str = "requests.reap";
        use dynamorm::ErrorKind::{ConditionFailed, NotFound};

        let (fields, now) = (AsyncRequest::fields(), self.now());
        let status = RequestStatus::Failed;
        let used_up =
            RequestFailure::new("PROCESSING_FAILED", "no worker finished it, and its tries are used up");
        let reaped = || {
            let ending = self.ending(key, status, now).set_if_absent(fields.error, used_up.clone());
            ending.only_if(is_used_up(now))
        };
        match Self::send_ending(reaped).await {
            Ok(()) => Ok(true),
            // Done all the same where it is as this very write would have it, whose answer was lost.
            Err(error) if matches!(error.kind(), ConditionFailed | NotFound) => {
                Ok(stored(OPERATION, &error)?
                    .is_some_and(|request| request.status == status && request.updated_at == now))
            }
            Err(error) => Err(Error::from_mapper(OPERATION, error).with_key(key)),
        }
    }
}

/// That a request is due, and has no try left.
fn is_used_up(now: Timestamp) -> impl Condition<Model = AsyncRequest> {
    let fields = AsyncRequest::fields();
    fields
        .status
        .one_of(RequestStatus::OPEN)
        .and(fields.visible_at.le(now))
        .and(fields.tries.gt(fields.max_retries))
}

fn illegal(operation: &'static str, from: RequestStatus, to: RequestStatus) -> Error {
    let message = format!("a request that is {from} cannot become {to} so");
    Error::new(ErrorKind::IllegalTransition { from, to }, operation, message)
}

/// What a write came to that was refused: `done` says of the stored request whether it is as the write would have it.
fn settle(
    operation: &'static str,
    key: &RequestKey,
    error: dynamorm::Error,
    to: RequestStatus,
    done: impl FnOnce(&AsyncRequest) -> bool,
) -> Result<(), Error> {
    use dynamorm::ErrorKind::ConditionFailed;

    let stored = stored(operation, &error)?;
    match stored {
        Some(request) if error.kind() == ConditionFailed => {
            if done(&request) {
                return Ok(());
            }
            if request.status.is_open() == (to == RequestStatus::Pending) {
                return Err(illegal(operation, request.status, to).with_key(key));
            }
            let message = "the request changed at the same moment";
            Err(Error::new(ErrorKind::Conflict, operation, message).with_key(key))
        }
        _ => Err(Error::from_mapper(operation, error).with_key(key)),
    }
}
