use dynamorm::{Model, Projection, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    failure::RequestFailure, json::Json, key::RequestKey, priority::Priority, status::RequestStatus,
};

/// A request that a worker carries out while its client may come and go.
///
/// As JSON it is in camelCase.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Model)]
#[serde(rename_all = "camelCase")]
#[dynamorm(
    table = "requests",
    key(partition = "REQ#{tenant_id}#{request_id}", sort = "METADATA"),
    index(
        name = "status-index",
        partition = status_shard,
        sort = visible_at,
        projection = [tenant_id, request_id, status, tries, max_retries],
    ),
    index(name = "connection-index", partition = connection_id, sort = created_at, projection = [tenant_id]),
    index(name = "user-index", partition = user_id, sort = created_at, projection = [tenant_id]),
    index(name = "tenant-index", partition = tenant_id, sort = created_at, projection = keys),
)]
pub struct AsyncRequest {
    /// Its id, chosen by the client: also its idempotency key.
    pub request_id: String,
    /// The tenant it is of.
    pub tenant_id: String,
    /// The user who submitted it.
    pub user_id: String,
    /// The connection that it was submitted on; none if by the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// Where it stands.
    pub status: RequestStatus,
    /// The partition of `status-index` that it is in.
    pub status_shard: String,
    /// When it next concerns a worker: when it may run or be tried again, when its lease has surely ended; or when it ended.
    pub visible_at: Timestamp,
    /// How soon it is due before others.
    pub priority: Priority,
    /// What is to be done.
    pub action: String,
    /// What it is to be done with.
    pub payload: Json,
    /// SHA-256 of action and payload: by it a repeated submission is known.
    pub fingerprint: String,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// Before this it is not to run: what its submission asked for, or when it was last made due again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process_after: Option<Timestamp>,
    /// When it was last written.
    pub updated_at: Timestamp,
    /// When a worker first gave it back for want of a handler; none once one with a handler had a try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unhandled_since: Option<Timestamp>,
    /// When its latest run began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing_started: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing_ended: Option<Timestamp>,
    /// The worker that holds it, or held it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    /// The random name of its latest lease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_id: Option<String>,
    /// When the lease ends unless it is extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<Timestamp>,
    /// How often it was claimed, over all its lives.
    pub attempt: u32,
    /// How often it was claimed in this life.
    pub tries: u32,
    /// How many tries it has beyond the first.
    pub max_retries: u32,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Timestamp>,
    /// How far it is, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<u8>,
    /// What it is doing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress_message: Option<String>,
    /// More about that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress_details: Option<Json>,
    /// What a later attempt goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Json>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Json>,
    /// Why it failed, or had to be tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<RequestFailure>,
    /// When it counts as absent: seven days after its end; none while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[dynamorm(ttl)]
    pub ttl: Option<Timestamp>,
}

impl AsyncRequest {
    /// Its key as a value.
    pub fn request_key(&self) -> RequestKey {
        RequestKey::new(self.tenant_id.as_str(), self.request_id.as_str())
    }
}

/// What `status-index` says of a request that is due.
#[derive(Clone, Debug, Projection)]
#[dynamorm(model = AsyncRequest)]
pub(super) struct DueRequest {
    pub(super) tenant_id: String,
    pub(super) request_id: String,
    pub(super) tries: u32,
    pub(super) max_retries: u32,
}

impl DueRequest {
    pub(super) fn key(&self) -> RequestKey {
        RequestKey::new(self.tenant_id.as_str(), self.request_id.as_str())
    }

    /// Whether it has had all its tries, so that it is to be failed and not claimed.
    pub(super) fn is_used_up(&self) -> bool {
        self.tries > self.max_retries
    }
}

/// What `status-index` says of any request: enough to list and to count it.
#[derive(Clone, Debug, Projection)]
#[dynamorm(model = AsyncRequest)]
pub(super) struct StatusEntry {
    pub(super) tenant_id: String,
    pub(super) request_id: String,
    pub(super) status: RequestStatus,
    pub(super) visible_at: Timestamp,
}

impl StatusEntry {
    pub(super) fn key(&self) -> RequestKey {
        RequestKey::new(self.tenant_id.as_str(), self.request_id.as_str())
    }
}
