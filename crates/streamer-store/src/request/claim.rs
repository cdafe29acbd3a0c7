use std::time::Duration;

use dynamorm::{Condition, PathConditions as _, Timestamp};

use super::{
    attempt::until_known,
    key::RequestKey,
    lease::{Claimed, Lease, lease_end, surely_ended},
    model::AsyncRequest,
    queue::{RequestQueue, item_key, stored},
    status::RequestStatus,
};
use crate::{
    error::{Error, ErrorKind},
    id::check_id,
    random,
};

const OPERATION: &str = "requests.claim";

impl RequestQueue {
    /// Takes hold of a request that is due, for `lease`: exactly one of several workers does.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] where another worker holds it, or it is not due; [`ErrorKind::IllegalTransition`] where it
    /// has ended, or its tries are used up; [`ErrorKind::NotFound`] where there is none.
    pub async fn claim(&self, key: &RequestKey, worker: &str, lease: Duration) -> Result<Claimed, Error> {
        self.check(OPERATION, key)?;
        check_id(OPERATION, "worker", worker)?;
        let lease_id = random::secret_name(&self.db);
        // The instant is that of the first attempt, so that all of them write the same.
        let now = self.now();
        let fields = AsyncRequest::fields();
        let lease_until = lease_end(now, lease);
        let claim = || {
            self.db
                .update(item_key(key))
                .set(fields.status, RequestStatus::Processing)
                .set(fields.visible_at, surely_ended(lease_until))
                .set(fields.worker, worker)
                .set(fields.lease_id, lease_id.as_str())
                .set(fields.lease_until, lease_until)
                .set(fields.processing_started, now)
                .set(fields.updated_at, now)
                .remove(fields.retry_after)
                .add(fields.attempt, 1_u32)
                .add(fields.tries, 1_u32)
                .only_if(is_claimable(now))
                .returning_new()
                .into_future()
        };
        let claimed = |request: AsyncRequest| {
            let lease = Lease { key: key.clone(), lease_id: lease_id.clone() };
            Ok(Claimed { request, lease })
        };
        let error = match until_known(claim).await {
            Ok(request) => return claimed(request),
            Err(error) => error,
        };
        let stored = stored(OPERATION, &error)?;
        let error = Error::from_mapper(OPERATION, error).with_key(key);
        match stored {
            // An attempt whose answer was lost.
            Some(request) if request.lease_id.as_deref() == Some(&*lease_id) => claimed(request),
            Some(request) => Err(refused(&request, now).with_key(key)),
            None => Err(error),
        }
    }
}

/// That a request is due, and has a try left.
fn is_claimable(now: Timestamp) -> impl Condition<Model = AsyncRequest> {
    let fields = AsyncRequest::fields();
    fields
        .status
        .one_of(RequestStatus::OPEN)
        .and(fields.visible_at.le(now))
        .and(fields.tries.le(fields.max_retries))
}

/// Why a request could not be claimed, by what is stored.
fn refused(request: &AsyncRequest, now: Timestamp) -> Error {
    let to = RequestStatus::Processing;
    let illegal = || ErrorKind::IllegalTransition { from: request.status, to };
    let (kind, message) = if !request.status.is_open() {
        (illegal(), format!("the request is {}", request.status))
    } else if request.visible_at > now && request.status == RequestStatus::Processing {
        (ErrorKind::Conflict, "another worker holds the request".to_owned())
    } else if request.visible_at > now {
        (ErrorKind::Conflict, "the request is not due".to_owned())
    } else if request.tries > request.max_retries {
        (illegal(), format!("the request's {} tries are used up", request.tries))
    } else {
        (ErrorKind::Conflict, "the request changed at the same moment".to_owned())
    };
    Error::new(kind, OPERATION, message)
}
