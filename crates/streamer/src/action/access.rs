//! Which request a message is about, and whether its sender may see it.

use serde::Deserialize;
use streamer_store::{AsyncRequest, RequestKey};

use super::{
    actions::Actions,
    caller::Caller,
    refusal::{not_found, refusal},
};
use crate::{
    auth::Identity,
    protocol::{Failure, Message, RequestId},
};

/// The permission to see and to end all requests of one's tenant; without it, one's own alone.
pub const READ_TENANT_PERMISSION: &str = "tenant-requests";

/// The payload of an action about one request.
#[derive(Deserialize)]
struct About {
    request_id: Option<String>,
}

/// Which request a message is about.
pub(super) fn key_of(message: &Message, caller: &Caller) -> Result<RequestKey, Failure> {
    let about: About = message.payload.read()?;
    let Some(id) = about.request_id else {
        return Err(Failure::invalid("request_id", "`payload.request_id` is missing"));
    };
    let id = RequestId::new(id).map_err(|_| {
        Failure::invalid("request_id", "`payload.request_id` has at least 1 and at most 128 characters")
    })?;
    Ok(RequestKey::new(caller.identity.tenant_id.as_str(), id.as_str()))
}

impl Actions {
    /// Reads the request that a message is about, if the sender may see it: one of another user is as absent as one that
    /// is not there.
    pub(super) async fn seen(&self, key: &RequestKey, caller: &Caller) -> Result<AsyncRequest, Failure> {
        let request = self.requests.get_consistent(key).await.map_err(|error| refusal(&error))?;
        if may_see(&caller.identity, &request) { Ok(request) } else { Err(not_found()) }
    }
}

fn may_see(identity: &Identity, request: &AsyncRequest) -> bool {
    request.tenant_id == identity.tenant_id
        && (request.user_id == identity.user_id || identity.allows(READ_TENANT_PERMISSION))
}
