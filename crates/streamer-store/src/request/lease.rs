use std::time::Duration;

use dynamorm::{Condition, PathConditions as _, Timestamp};

use super::{
    key::RequestKey,
    model::AsyncRequest,
    queue::{MAX_CLOCK_SKEW, stored},
    status::RequestStatus,
};
use crate::error::{Error, ErrorKind};

/// How long a worker holds a request unless it says otherwise or extends it.
pub const DEFAULT_LEASE: Duration = Duration::from_secs(30);

/// A worker's hold on a request: who has it writes what becomes of the request, and no one else.
///
/// It lasts until it is given back, or another worker claims the request after it has expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    pub(super) key: RequestKey,
    pub(super) lease_id: String,
}

/// A request that this worker holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Claimed {
    /// The request as it was claimed. By `created_at`, then `attempt`, effects outside can be fenced.
    pub request: AsyncRequest,
    /// The hold on it.
    pub lease: Lease,
}

impl Lease {
    /// Which request it is of.
    pub fn key(&self) -> &RequestKey {
        &self.key
    }

    /// Its random name.
    pub fn id(&self) -> &str {
        &self.lease_id
    }

    /// That the request is still held by it.
    pub(super) fn is_owner(&self) -> impl Condition<Model = AsyncRequest> + use<> {
        let fields = AsyncRequest::fields();
        fields.status.eq(RequestStatus::Processing).and(fields.lease_id.eq(self.lease_id.clone()))
    }

    /// What a write by it came to that was refused: `done` says of the stored request whether this very write was done,
    /// by an attempt whose answer was lost.
    pub(super) fn settle(
        &self,
        operation: &'static str,
        error: dynamorm::Error,
        done: impl FnOnce(&AsyncRequest) -> bool,
    ) -> Result<Option<AsyncRequest>, Error> {
        use dynamorm::ErrorKind::{ConditionFailed, NotFound};

        if !matches!(error.kind(), ConditionFailed | NotFound) {
            return Err(Error::from_mapper(operation, error).with_key(&self.key));
        }
        let lost = |kind, message: &str| Err(Error::new(kind, operation, message).with_key(&self.key));
        let Some(request) = stored(operation, &error)? else {
            return lost(ErrorKind::LeaseLost, "the request is gone");
        };
        let is_mine = request.lease_id.as_deref() == Some(&*self.lease_id);
        if is_mine && done(&request) {
            return Ok(Some(request));
        }
        if request.status == RequestStatus::Cancelled {
            return lost(ErrorKind::Cancelled, "the request was cancelled");
        }
        if is_mine {
            let message = format!("the lease was given up: the request is {}", request.status);
            return lost(ErrorKind::LeaseLost, &message);
        }
        lost(ErrorKind::LeaseLost, "another worker holds the request")
    }
}

/// When a lease that begins at `now` ends.
pub(super) fn lease_end(now: Timestamp, lease: Duration) -> Timestamp {
    now.checked_add(lease).unwrap_or(Timestamp::MAX)
}

/// When it has surely ended, by any worker's clock.
pub(super) fn surely_ended(lease_until: Timestamp) -> Timestamp {
    lease_until.checked_add(MAX_CLOCK_SKEW).unwrap_or(Timestamp::MAX)
}
