//! A submission and the wish to hear of it, in one transaction.

use super::{event_type::EventType, model::Subscription, store::put};
use crate::{
    error::Error,
    request::{Enqueued, RequestQueue, Submission},
};

impl RequestQueue {
    /// Stores a request, and has the connection that it was submitted on hear of it: both or neither. Of a submission that
    /// was made before, the subscription alone is written, and the stored request comes back, marked as a replay.
    ///
    /// One TransactWriteItems of two items; one PutItem more for a replay.
    ///
    /// # Errors
    /// As [`enqueue`](RequestQueue::enqueue); [`ErrorKind::Validation`](crate::ErrorKind::Validation) for a submission without a connection, or without
    /// an event type; [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) where the subscription would replace one of another tenant.
    pub async fn enqueue_and_subscribe(
        &self,
        submission: Submission,
        event_types: impl IntoIterator<Item = EventType>,
    ) -> Result<Enqueued, Error> {
        const OPERATION: &str = "requests.enqueue_and_subscribe";
        let request = self.ready_to_store(OPERATION, submission)?;
        let key = request.request_key();
        let Some(connection_id) = request.connection_id.clone() else {
            let message = "a submission without a connection has no one to hear of it";
            return Err(Error::validation(OPERATION, "connection_id", message).with_key(&key));
        };
        let subscription =
            Subscription::new(connection_id, &key, request.user_id.as_str(), event_types, self.now());
        subscription.check(OPERATION)?;
        let put = || put(&self.db, self.tenant.as_deref(), &subscription);
        let transaction = self.db.transact().create(&request).label("request");
        let error = match transaction.action(put()).label("subscription").await {
            Ok(()) => return Ok(Enqueued { request, is_replay: false }),
            Err(error) => error,
        };
        let failed = |error| Error::from_mapper(OPERATION, error).with_key(&key);
        if error.failed_action("request").is_none() && error.failed_action("subscription").is_some() {
            return Err(failed(error));
        }
        let enqueued = self.replayed(OPERATION, error, &request)?;
        put().await.map_err(failed)?;
        Ok(enqueued)
    }
}
