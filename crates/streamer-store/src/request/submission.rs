use dynamorm::{Db, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{
    json::Json, key::RequestKey, model::AsyncRequest, priority::Priority, shard::Shards,
    status::RequestStatus,
};
use crate::{
    error::{Error, ErrorKind},
    id::check_id,
    random,
};

/// How often a request is tried beyond the first time unless said otherwise.
pub const DEFAULT_MAX_RETRIES: u32 = 3;

/// The most bytes that a payload takes in the store: those of an item, less 16 KB for the ids, for a worker's hold and for
/// what it says when it fails.
const MAX_PAYLOAD_BYTES: usize = (400 - 16) * 1024;

/// A request to be: what [`RequestQueue::enqueue`](super::RequestQueue::enqueue) takes.
#[derive(Clone, Debug)]
#[must_use = "it is not submitted until it is enqueued"]
pub struct Submission {
    tenant_id: String,
    user_id: String,
    action: String,
    payload: Json,
    request_id: Option<String>,
    connection_id: Option<String>,
    priority: Priority,
    process_after: Option<Timestamp>,
    max_retries: u32,
}

impl Submission {
    /// The action `action` for a user of a tenant, without a payload, of normal priority, due at once.
    pub fn new(tenant_id: impl Into<String>, user_id: impl Into<String>, action: impl Into<String>) -> Self {
        Self {
            tenant_id: tenant_id.into(),
            user_id: user_id.into(),
            action: action.into(),
            payload: Json::empty(),
            request_id: None,
            connection_id: None,
            priority: Priority::default(),
            process_after: None,
            max_retries: DEFAULT_MAX_RETRIES,
        }
    }

    /// What the action is to be done with.
    pub fn payload(mut self, payload: Json) -> Self {
        self.payload = payload;
        self
    }

    /// Its id, by which a repeated submission is known; a UUID of version 7 otherwise.
    pub fn id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into());
        self
    }

    /// The connection that waits for it.
    pub fn connection(mut self, connection_id: impl Into<String>) -> Self {
        self.connection_id = Some(connection_id.into());
        self
    }

    /// How soon it is due before others.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// It is not to run before `instant`.
    pub fn process_after(mut self, instant: Timestamp) -> Self {
        self.process_after = Some(instant);
        self
    }

    /// How often it is tried beyond the first time; 3 otherwise.
    pub fn max_retries(mut self, max_retries: u32) -> Self {
        self.max_retries = max_retries;
        self
    }

    pub(super) fn tenant_id(&self) -> &str {
        &self.tenant_id
    }

    /// The request, as it is stored.
    pub(super) fn into_request(
        self,
        operation: &'static str,
        db: &Db,
        shards: Shards,
    ) -> Result<AsyncRequest, Error> {
        let now = db.now();
        let request_id = self.request_id.unwrap_or_else(|| random::time_ordered_id(db, now));
        let key = RequestKey::new(self.tenant_id, request_id);
        key.check(operation)?;
        check_id(operation, "user_id", &self.user_id)?;
        check_id(operation, "action", &self.action)?;
        if let Some(connection_id) = &self.connection_id {
            check_id(operation, "connection_id", connection_id)?;
        }
        check_room(operation, &self.payload).map_err(|error| error.with_key(&key))?;
        let visible_at = self.process_after.map_or(now, |after| after.max(now));
        Ok(AsyncRequest {
            status_shard: shards.open_of(self.priority, &key),
            fingerprint: fingerprint(&self.action, &self.payload),
            request_id: key.request_id,
            tenant_id: key.tenant_id,
            user_id: self.user_id,
            connection_id: self.connection_id,
            status: RequestStatus::Pending,
            visible_at,
            priority: self.priority,
            action: self.action,
            payload: self.payload,
            created_at: now,
            process_after: self.process_after,
            updated_at: now,
            unhandled_since: None,
            processing_started: None,
            processing_ended: None,
            worker: None,
            lease_id: None,
            lease_until: None,
            attempt: 0,
            tries: 0,
            max_retries: self.max_retries,
            retry_after: None,
            progress: None,
            progress_message: None,
            progress_details: None,
            checkpoint: None,
            result: None,
            error: None,
            ttl: None,
        })
    }
}

/// Refuses a payload beside which there would be no room for the request's life: it could be stored, and then neither
/// be claimed nor end.
fn check_room(operation: &'static str, payload: &Json) -> Result<(), Error> {
    let size = payload.stored_bytes();
    if size <= MAX_PAYLOAD_BYTES {
        return Ok(());
    }
    let message = format!("the payload takes {size} bytes in the store; the limit is {MAX_PAYLOAD_BYTES}");
    Err(Error::new(ErrorKind::TooLarge { size, limit: MAX_PAYLOAD_BYTES }, operation, message))
}

/// SHA-256 of action and payload, in hexadecimal digits: the same however the payload's text is written.
fn fingerprint(action: &str, payload: &Json) -> String {
    let mut hash = Sha256::new();
    hash.update((action.len() as u64).to_be_bytes());
    hash.update(action.as_bytes());
    hash.update(payload.canonical().as_bytes());
    random::hexadecimal(&hash.finalize())
}
