use std::{sync::Arc, time::Duration};

use dynamorm::{Db, Timestamp, verb::Update};

use super::{
    key::RequestKey, model::AsyncRequest, shard::Shards, status::RequestStatus, submission::Submission,
};
use crate::error::{Error, ErrorKind};

/// How long a request is kept after it ended: so long its id stands for it.
pub const ENDED_TIME_TO_LIVE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How far apart the clocks of two workers may be: by so much later than it ends, a lease counts as expired.
pub const MAX_CLOCK_SKEW: Duration = Duration::from_secs(2);

/// The request queue of a database. Cheap to clone.
///
/// A request that was acknowledged is never lost and ends exactly once, whatever crashes: each step is one conditional
/// write of one item.
///
/// | operation | cost |
/// |---|---|
/// | [`enqueue`](Self::enqueue) | one PutItem |
/// | [`claim`](Self::claim), [`heartbeat`](Self::heartbeat), [`complete`](Self::complete), [`fail`](Self::fail), [`retry`](Self::retry), [`release`](Self::release), [`cancel`](Self::cancel) | one UpdateItem |
/// | [`update_progress`](Self::update_progress) | one UpdateItem; two where the percentage would fall |
/// | [`dequeue`](Self::dequeue) | without rivals a Query for each priority and shard at most, and an UpdateItem for each that is claimed |
/// | [`cancel_by_connection`](Self::cancel_by_connection) | a list of the connection's, and an UpdateItem for each that is open |
/// | [`requeue`](Self::requeue) | one GetItem, one UpdateItem |
/// | [`get`](Self::get), [`delete`](Self::delete) | one GetItem, one DeleteItem |
/// | [`get_many`](Self::get_many), [`progress_of_many`](Self::progress_of_many) | one BatchGetItem for every 100 |
/// | [`by_status`](Self::by_status) | a page: one or two Queries for each shard, three times as many of an open status, and one BatchGetItem for every 100 of its requests |
/// | [`stats`](Self::stats) | one Query for every 1 MB of each partition of the index, six to a shard |
/// | the other lists | one Query a page, and one BatchGetItem for every 100 of its requests |
#[derive(Clone, Debug)]
pub struct RequestQueue {
    pub(crate) db: Db,
    pub(crate) tenant: Option<Arc<str>>,
    pub(super) shards: Shards,
}

/// What an [`enqueue`](RequestQueue::enqueue) came to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Enqueued {
    /// The request as it is stored.
    pub request: AsyncRequest,
    /// Whether it was stored before: the same submission, made again.
    pub is_replay: bool,
}

impl RequestQueue {
    pub(crate) fn new(db: Db, shards: Shards) -> Self {
        Self { db, tenant: None, shards }
    }

    /// The same queue, narrowed to one tenant: the requests of another one are then absent.
    #[must_use]
    pub fn for_tenant(&self, tenant_id: impl Into<Arc<str>>) -> Self {
        Self { tenant: Some(tenant_id.into()), ..self.clone() }
    }

    /// The present instant, by the database's clock.
    pub fn now(&self) -> Timestamp {
        self.db.now()
    }

    /// Stores a request. It is durable once this returns.
    ///
    /// The id is the idempotency key: a submission of the same id, action and payload gives the request that is stored,
    /// whatever became of it, marked as a replay.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] where the id stands for another action or payload; [`ErrorKind::Validation`] for an
    /// id that cannot be one, or a tenant other than the queue's; [`ErrorKind::TooLarge`] for a request of more than
    /// 400 KB.
    pub async fn enqueue(&self, submission: Submission) -> Result<Enqueued, Error> {
        const OPERATION: &str = "requests.enqueue";
        let request = self.ready_to_store(OPERATION, submission)?;
        match self.db.create(&request).await {
            Ok(()) => Ok(Enqueued { request, is_replay: false }),
            Err(error) => self.replayed(OPERATION, error, &request),
        }
    }

    pub(crate) fn ready_to_store(
        &self,
        operation: &'static str,
        submission: Submission,
    ) -> Result<AsyncRequest, Error> {
        if self.tenant.as_ref().is_some_and(|tenant| **tenant != *submission.tenant_id()) {
            let message = "the request is of another tenant than the queue";
            return Err(Error::validation(operation, "tenant_id", message));
        }
        submission.into_request(operation, &self.db, self.shards)
    }

    /// The stored request, where `request` was refused since it is stored already.
    pub(crate) fn replayed(
        &self,
        operation: &'static str,
        error: dynamorm::Error,
        request: &AsyncRequest,
    ) -> Result<Enqueued, Error> {
        let stored = stored(operation, &error)?;
        let error = Error::from_mapper(operation, error).with_key(&request.request_key());
        match stored {
            Some(stored) if *error.kind() == ErrorKind::AlreadyExists && is_same(&stored, request) => {
                Ok(Enqueued { request: stored, is_replay: true })
            }
            _ => Err(error),
        }
    }

    /// Reads a request. It may be stale by a moment: see [`get_consistent`](Self::get_consistent).
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it is absent, has expired, or is of another tenant than the queue's.
    pub async fn get(&self, key: &RequestKey) -> Result<AsyncRequest, Error> {
        self.read("requests.get", key, false).await
    }

    /// Reads a request as of every write that was acknowledged before; costs twice the capacity.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_consistent(&self, key: &RequestKey) -> Result<AsyncRequest, Error> {
        self.read("requests.get", key, true).await
    }

    pub(super) async fn read(
        &self,
        operation: &'static str,
        key: &RequestKey,
        is_consistent: bool,
    ) -> Result<AsyncRequest, Error> {
        self.check(operation, key)?;
        let mut get = self.db.get(item_key(key));
        if is_consistent {
            get = get.consistent();
        }
        let found = get.await.map_err(|error| Error::from_mapper(operation, error).with_key(key))?;
        found.ok_or_else(|| Error::not_found(operation, "request").with_key(key))
    }

    /// Refuses a key that cannot be one, or is of another tenant than the queue's.
    pub(super) fn check(&self, operation: &'static str, key: &RequestKey) -> Result<(), Error> {
        key.check(operation).map_err(|error| error.with_key(key))?;
        match &self.tenant {
            Some(tenant) if **tenant != *key.tenant_id => {
                Err(Error::not_found(operation, "request").with_key(key))
            }
            _ => Ok(()),
        }
    }

    /// The keys of the items of `keys`, of which none may be one that [`check`](Self::check) refuses.
    pub(super) fn item_keys<'a>(
        &self,
        operation: &'static str,
        keys: impl IntoIterator<Item = &'a RequestKey>,
    ) -> Result<Vec<<AsyncRequest as dynamorm::Model>::Key>, Error> {
        keys.into_iter().map(|key| self.check(operation, key).map(|()| item_key(key))).collect()
    }

    /// The update that all endings share: at `now` the request takes a status that is one, leaves the lists of the open,
    /// and expires in due time. What it kept for a later attempt goes: there is none, and where it took all the room
    /// there was, no end could be written.
    pub(super) fn ending(
        &self,
        key: &RequestKey,
        status: RequestStatus,
        now: Timestamp,
    ) -> Update<AsyncRequest> {
        let fields = AsyncRequest::fields();
        self.db
            .update(item_key(key))
            .set(fields.status, status)
            .set(fields.status_shard, self.shards.ended_of(status, key))
            .set(fields.visible_at, now)
            .set(fields.processing_ended, now)
            .set(fields.updated_at, now)
            .set(fields.ttl, now.checked_add(ENDED_TIME_TO_LIVE).unwrap_or(Timestamp::MAX))
            .remove(fields.checkpoint)
    }

    /// Sends an ending, and where the item has no room for it, once more without what was last said of its progress.
    pub(super) async fn send_ending(
        ending: impl Fn() -> Update<AsyncRequest>,
    ) -> Result<(), dynamorm::Error> {
        let fields = AsyncRequest::fields();
        match ending().await {
            Err(error) if matches!(error.kind(), dynamorm::ErrorKind::TooLarge { .. }) => {
                ending().remove(fields.progress_message).remove(fields.progress_details).await
            }
            sent => sent,
        }
    }
}

/// Whether the two are one submission.
fn is_same(stored: &AsyncRequest, request: &AsyncRequest) -> bool {
    stored.fingerprint == request.fingerprint && stored.action == request.action
}

/// The key of a request's item.
pub(super) fn item_key(key: &RequestKey) -> <AsyncRequest as dynamorm::Model>::Key {
    AsyncRequest::key(key.tenant_id.as_str(), key.request_id.as_str())
}

/// The request as it was when a condition failed.
pub(super) fn stored(
    operation: &'static str,
    error: &dynamorm::Error,
) -> Result<Option<AsyncRequest>, Error> {
    error.stored().map_err(|error| Error::from_mapper(operation, error))
}
