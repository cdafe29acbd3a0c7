//! An action of a handler that a worker carries out.

use std::time::Instant;

use streamer_store::{Json, RequestKey, Submission};

use super::{
    actions::Actions,
    answer::{Answer, Answered},
    caller::Caller,
    refusal::refusal,
};
use crate::{
    delivery::MAX_AWAITED,
    handler::ErasedHandler,
    protocol::{Code, Failure, Message, Outgoing},
};

impl Actions {
    /// Stores the request; it is durable once this returns. One PutItem.
    ///
    /// The connection waits for it without a subscription of its own: that would be a second write, and what it is for, a
    /// server that finds out who waits, is this very server.
    pub(super) async fn submit(
        &self,
        handler: &dyn ErasedHandler,
        message: Message,
        caller: &Caller,
    ) -> Answer {
        match self.try_submit(handler, &message, caller).await {
            Ok(key) => Answer::only(Outgoing::acknowledgment(message.id)).then_hears_of(key),
            Err(failure) => Answer::of(message.id, Answered::Err(failure)),
        }
    }

    async fn try_submit(
        &self,
        handler: &dyn ErasedHandler,
        message: &Message,
        caller: &Caller,
    ) -> Result<RequestKey, Failure> {
        let identity = &caller.identity;
        let payload = Json::parse(message.payload.as_json())
            .map_err(|error| Failure::invalid("payload", format!("`payload` is {error}")))?;
        let key = RequestKey::new(identity.tenant_id.as_str(), message.id.as_str());
        if !caller.outbox.has_room_for(&key) {
            return Err(too_many());
        }
        let submission =
            Submission::new(identity.tenant_id.as_str(), identity.user_id.as_str(), message.action.as_str())
                .id(message.id.as_str())
                .connection(caller.connection_id.as_str())
                .payload(payload)
                .max_retries(handler.max_retries());
        let begun = Instant::now();
        let enqueued = self.requests.enqueue(submission).await.map_err(|error| refusal(&error))?;
        let stored_within = begun.elapsed();
        // Another user of the tenant may have sent the very same: the id is theirs.
        if enqueued.is_replay && enqueued.request.user_id != identity.user_id {
            return Err(refusal_of_taken_id());
        }
        if !self.delivery.wait_for(&caller.outbox, &key) {
            return Err(too_many());
        }
        let action = self.metrics.action(&message.action);
        self.metrics.messages().submitted(&action, enqueued.is_replay, stored_within);
        if enqueued.is_replay {
            self.delivery.tell_stored(&caller.outbox, &enqueued.request, Instant::now());
        } else {
            self.wake.has_work();
        }
        Ok(key)
    }
}

/// That a connection waits for as many requests as it may.
pub(super) fn too_many() -> Failure {
    let text =
        format!("the connection waits for {MAX_AWAITED} requests; wait for one to end, or unsubscribe");
    Failure::new(Code::RateLimited, text)
}

fn refusal_of_taken_id() -> Failure {
    Failure::new(Code::AlreadyExists, "the id stands for a request of another user; choose another id")
}
