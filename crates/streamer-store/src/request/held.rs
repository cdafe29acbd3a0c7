//! What the holder of a request writes: each one conditional update, refused once another holds it.

use std::time::Duration;

use dynamorm::{Condition as _, PathConditions as _, Timestamp, verb::Update};

use super::{
    attempt::until_known,
    failure::RequestFailure,
    json::Json,
    lease::{Lease, lease_end, surely_ended},
    model::AsyncRequest,
    queue::{RequestQueue, item_key},
    status::RequestStatus,
};
use crate::{error::Error, random};

/// The pause before a first retry is at most so long; it doubles with each.
const RETRY_BASE: Duration = Duration::from_secs(1);

/// And never more than this.
const RETRY_MAX: Duration = Duration::from_secs(5 * 60);

/// How far a request is, as its worker says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// 0 to 100; more counts as 100.
    pub percentage: u8,
    /// What is being done.
    pub message: Option<String>,
    /// More about that.
    pub details: Option<Json>,
}

impl RequestQueue {
    /// Extends a lease: it ends `lease` from now, or as late as it does already. A copy of an older call that comes late
    /// does not shorten it.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) where the request was cancelled, and
    /// [`ErrorKind::LeaseLost`](crate::ErrorKind::LeaseLost) where another worker has it, or it is gone: the work is to
    /// be given up.
    pub async fn heartbeat(&self, held: &Lease, lease: Duration) -> Result<(), Error> {
        const OPERATION: &str = "requests.heartbeat";
        let (fields, now) = (AsyncRequest::fields(), self.now());
        let lease_until = lease_end(now, lease);
        let update = self
            .db
            .update(item_key(&held.key))
            .set(fields.lease_until, lease_until)
            .set(fields.visible_at, surely_ended(lease_until))
            .set(fields.updated_at, now)
            .only_if(held.is_owner())
            .only_if(fields.lease_until.le(lease_until))
            .await;
        let is_done = |request: &AsyncRequest| {
            request.status == RequestStatus::Processing
                && request.lease_until.is_some_and(|stored| stored >= lease_until)
        };
        update.or_else(|error| held.settle(OPERATION, error, is_done).map(drop))
    }

    /// Says how far a request is. A percentage that is less than the one before leaves that as it is. Touches no index.
    ///
    /// # Errors
    /// As [`heartbeat`](Self::heartbeat).
    pub async fn update_progress(&self, held: &Lease, progress: Progress) -> Result<(), Error> {
        const OPERATION: &str = "requests.update_progress";
        let (fields, now) = (AsyncRequest::fields(), self.now());
        let percentage = progress.percentage.min(100);
        let update = || {
            self.db
                .update(item_key(&held.key))
                .set(fields.progress_message, progress.message.clone())
                .set(fields.progress_details, progress.details.clone())
                .set(fields.updated_at, now)
        };
        let rises = fields.progress.not_exists().or(fields.progress.le(percentage));
        let written = update().set(fields.progress, percentage).only_if(held.is_owner()).only_if(rises).await;
        let Err(error) = written else { return Ok(()) };
        let is_behind = |request: &AsyncRequest| {
            request.status == RequestStatus::Processing
                && request.progress.is_some_and(|stored| stored > percentage)
        };
        if held.settle(OPERATION, error, is_behind)?.is_some() {
            let written = update().only_if(held.is_owner()).await;
            return written.or_else(|error| held.settle(OPERATION, error, |_| false).map(drop));
        }
        Ok(())
    }

    /// Keeps what a later attempt goes on from.
    ///
    /// # Errors
    /// As [`heartbeat`](Self::heartbeat); [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) where the request would be
    /// more than 400 KB.
    pub async fn save_checkpoint(&self, held: &Lease, checkpoint: Json) -> Result<(), Error> {
        const OPERATION: &str = "requests.save_checkpoint";
        let (fields, now) = (AsyncRequest::fields(), self.now());
        let update = self
            .db
            .update(item_key(&held.key))
            .set(fields.checkpoint, checkpoint)
            .set(fields.updated_at, now)
            .only_if(held.is_owner())
            .await;
        update.or_else(|error| held.settle(OPERATION, error, |_| false).map(drop))
    }

    /// Ends a request with a result, its progress 100.
    ///
    /// # Errors
    /// As [`heartbeat`](Self::heartbeat); [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) where the request would be
    /// more than 400 KB.
    pub async fn complete(&self, held: &Lease, result: Json) -> Result<(), Error> {
        const OPERATION: &str = "requests.complete";
        let (fields, now) = (AsyncRequest::fields(), self.now());
        let status = RequestStatus::Completed;
        let update = self
            .ending(&held.key, status, now)
            .set(fields.progress, 100_u8)
            .set(fields.result, result)
            .remove(fields.error)
            .only_if(held.is_owner())
            .await;
        update.or_else(|error| held.settle(OPERATION, error, |request| request.status == status).map(drop))
    }

    /// Ends a request with a failure.
    ///
    /// # Errors
    /// As [`complete`](Self::complete).
    pub async fn fail(&self, held: &Lease, failure: RequestFailure) -> Result<(), Error> {
        self.end_with_failure("requests.fail", held, failure).await
    }

    async fn end_with_failure(
        &self,
        operation: &'static str,
        held: &Lease,
        failure: RequestFailure,
    ) -> Result<(), Error> {
        let (fields, now) = (AsyncRequest::fields(), self.now());
        let status = RequestStatus::Failed;
        let update = || {
            let ending = self.ending(&held.key, status, now).set(fields.error, failure.clone());
            ending.only_if(held.is_owner())
        };
        Self::send_ending(update)
            .await
            .or_else(|error| held.settle(operation, error, |request| request.status == status).map(drop))
    }

    /// Gives a request back to be tried again: after `after` if it is given, or a random pause whose bound doubles from
    /// 1 s to 5 min. Once its tries are used up it ends with the failure instead, which the answer says.
    ///
    /// # Errors
    /// As [`complete`](Self::complete).
    pub async fn retry(
        &self,
        held: &super::Claimed,
        failure: RequestFailure,
        after: Option<Duration>,
    ) -> Result<Retried, Error> {
        const OPERATION: &str = "requests.retry";
        let (request, held) = (&held.request, &held.lease);
        if request.tries > request.max_retries {
            self.end_with_failure(OPERATION, held, failure).await?;
            return Ok(Retried::Failed);
        }
        let (fields, now) = (AsyncRequest::fields(), self.now());
        let pause = after.unwrap_or_else(|| self.retry_pause(request.tries));
        let retry_after = now.checked_add(pause).unwrap_or(Timestamp::MAX);
        let status = RequestStatus::Retrying;
        let update = self
            .db
            .update(item_key(&held.key))
            .set(fields.status, status)
            .set(fields.visible_at, retry_after)
            .set(fields.retry_after, retry_after)
            .set(fields.error, failure)
            .set(fields.updated_at, now)
            .remove(fields.lease_until)
            .remove(fields.unhandled_since)
            .only_if(held.is_owner())
            .await;
        let settled = update
            .or_else(|error| held.settle(OPERATION, error, |request| request.status == status).map(drop));
        settled.map(|()| Retried::At(retry_after))
    }

    /// A random part of a bound that doubles with each try.
    fn retry_pause(&self, tries: u32) -> Duration {
        let doublings = tries.saturating_sub(1).min(16);
        let bound = RETRY_BASE.saturating_mul(1 << doublings).min(RETRY_MAX);
        let millis = u64::try_from(bound.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(random::below(&self.db, millis + 1))
    }

    /// Gives a request back as it was, due now, its try not counted: for a worker that stops in good order.
    ///
    /// # Errors
    /// As [`heartbeat`](Self::heartbeat).
    pub async fn release(&self, held: &Lease) -> Result<(), Error> {
        self.give_back("requests.release", held, Duration::ZERO, |update, _| update).await
    }

    /// The same, due after a pause: for a worker that cannot carry it out where another can. Notes since when that is so.
    ///
    /// # Errors
    /// As [`heartbeat`](Self::heartbeat).
    pub async fn release_unhandled(&self, held: &Lease, pause: Duration) -> Result<(), Error> {
        let since = AsyncRequest::fields().unhandled_since;
        self.give_back("requests.release_unhandled", held, pause, |update, now| {
            update.set_if_absent(since, now)
        })
        .await
    }

    async fn give_back(
        &self,
        operation: &'static str,
        held: &Lease,
        pause: Duration,
        note: impl Fn(Update<AsyncRequest>, Timestamp) -> Update<AsyncRequest>,
    ) -> Result<(), Error> {
        let (fields, now) = (AsyncRequest::fields(), self.now());
        let status = RequestStatus::Pending;
        let release = || {
            let update = self
                .db
                .update(item_key(&held.key))
                .set(fields.status, status)
                .set(fields.visible_at, now.saturating_add(pause))
                .set(fields.updated_at, now)
                .remove(fields.worker)
                .remove(fields.lease_until)
                .remove(fields.processing_started)
                .subtract(fields.tries, 1_u32)
                .only_if(held.is_owner());
            note(update, now).into_future()
        };
        let released = until_known(release).await;
        released.or_else(|error| held.settle(operation, error, |request| request.status == status).map(drop))
    }
}

/// What a [`retry`](RequestQueue::retry) came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retried {
    /// It is due again then.
    At(Timestamp),
    /// Its tries were used up, and it failed.
    Failed,
}
