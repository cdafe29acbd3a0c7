//! `unsubscribe`: has the connection no longer hear of a request.

use serde_json::json;

use super::{access::key_of, actions::Actions, answer::Answered, caller::Caller, refusal::refusal};
use crate::protocol::Message;

impl Actions {
    pub(super) async fn unsubscribe(&self, message: &Message, caller: &Caller) -> Answered {
        let key = key_of(message, caller)?;
        self.delivery.stop_waiting(&caller.outbox, &key);
        let subscriptions = self.subscriptions.for_tenant(caller.identity.tenant_id.as_str());
        let removed = subscriptions.unsubscribe(&caller.connection_id, &key.request_id).await;
        removed.map_err(|error| refusal(&error))?;
        Ok(json!({ "request_id": key.request_id, "subscribed": false }).into())
    }
}
