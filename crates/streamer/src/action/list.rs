//! `list`: the caller's requests, the newest first.

use serde::{Deserialize, Serialize};
use streamer_store::{Cursor, RequestStatus};

use super::{
    actions::Actions,
    answer::Answered,
    caller::Caller,
    refusal::refusal,
    view::{View, to_data},
};
use crate::protocol::{Failure, Message};

/// How many requests a page has unless the message says otherwise.
const DEFAULT_LIMIT: u32 = 20;

/// The most requests of a page.
const MAX_LIMIT: u32 = 100;

#[derive(Deserialize)]
struct Payload {
    status: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Serialize)]
struct Page<'a> {
    requests: Vec<View<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
}

impl Actions {
    pub(super) async fn list(&self, message: &Message, caller: &Caller) -> Answered {
        let payload: Payload = message.payload.read()?;
        let limit = payload.limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Failure::invalid("limit", format!("`payload.limit` is 1 to {MAX_LIMIT}")));
        }
        let status = match payload.status.as_deref() {
            None => None,
            Some(name) => Some(RequestStatus::named(name).ok_or_else(unknown_status)?),
        };
        let queue = self.requests.for_tenant(caller.identity.tenant_id.as_str());
        let list = queue.by_user(caller.identity.user_id.as_str()).page_size(limit);
        let page =
            list.after(payload.cursor.map(Cursor::from)).page().await.map_err(|error| refusal(&error))?;
        let is_wanted = |of: RequestStatus| status.is_none_or(|status| status == of);
        let wanted = page.items.iter().filter(|request| is_wanted(request.status));
        let cursor = page.next.as_ref().map(Cursor::as_str);
        Ok(to_data(&Page { requests: wanted.map(View::status).collect(), cursor }))
    }
}

fn unknown_status() -> Failure {
    let known = RequestStatus::ALL.map(|status| format!("`{status}`")).join(", ");
    Failure::invalid("status", format!("`payload.status` is one of {known}"))
}
