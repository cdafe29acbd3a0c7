//! `cancel`: ends an open request.

use serde_json::json;

use super::{access::key_of, actions::Actions, answer::Answered, caller::Caller, refusal::refusal};
use crate::{delivery::Event, protocol::Message};

impl Actions {
    pub(super) async fn cancel(&self, message: &Message, caller: &Caller) -> Answered {
        let key = key_of(message, caller)?;
        self.seen(&key, caller).await?;
        self.requests.cancel(&key).await.map_err(|error| refusal(&error))?;
        // A worker of another process hears of it with its next heartbeat.
        self.wake.has_ended(&key);
        self.delivery.tell(&key, &Event::Cancelled);
        Ok(json!({ "request_id": key.request_id, "status": "CANCELLED" }).into())
    }
}
