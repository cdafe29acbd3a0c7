//! `subscribe`: has the connection hear of a request, what is stored of it first.

use std::time::Instant;

use serde::Deserialize;
use streamer_store::{EventType, Subscription};

use super::{
    access::key_of,
    actions::Actions,
    answer::{Answer, Answered},
    caller::Caller,
    refusal::refusal,
    submit::too_many,
    view::View,
};
use crate::protocol::{Code, Failure, Message};

#[derive(Deserialize)]
struct Payload {
    event_types: Option<Vec<String>>,
}

impl Actions {
    pub(super) async fn subscribe(&self, message: &Message, caller: &Caller) -> Answer {
        match self.try_subscribe(message, caller).await {
            Ok(answer) => answer,
            Err(failure) => Answer::of(message.id.clone(), Answered::Err(failure)),
        }
    }

    async fn try_subscribe(&self, message: &Message, caller: &Caller) -> Result<Answer, Failure> {
        let key = key_of(message, caller)?;
        let event_types = event_types(message)?;
        self.seen(&key, caller).await?;
        // Before it is stored: what is refused leaves nothing behind.
        if !caller.outbox.has_room_for(&key) {
            return Err(too_many());
        }
        let subscription = Subscription::new(
            caller.connection_id.as_str(),
            &key,
            caller.identity.user_id.as_str(),
            event_types,
            self.subscriptions.now(),
        );
        self.subscriptions.subscribe_checked(&subscription).await.map_err(|error| refusal(&error))?;
        if !self.delivery.subscribe(&caller.outbox, &key, &subscription) {
            return Err(too_many());
        }
        // Read after it is waited for: what happens from here on is heard of either way.
        let as_of = Instant::now();
        let request = match self.seen(&key, caller).await {
            Ok(request) => request,
            Err(failure) => {
                // What cannot be read now is heard of later: the connection may have waited for it before.
                if failure.code == Code::InternalError {
                    caller.outbox.release(&key);
                } else {
                    self.delivery.stop_waiting(&caller.outbox, &key);
                }
                return Err(failure);
            }
        };
        self.delivery.tell_stored(&caller.outbox, &request, as_of);
        let view = Answered::Ok(View::status(&request).into());
        Ok(Answer::of(message.id.clone(), view).then_hears_of(key))
    }
}

/// The event types that a message names; all of them where it names none.
fn event_types(message: &Message) -> Result<Vec<EventType>, Failure> {
    let Some(names) = message.payload.read::<Payload>()?.event_types else {
        return Ok(vec![EventType::All]);
    };
    let types: Option<Vec<_>> = names.iter().map(|name| EventType::named(name)).collect();
    types.filter(|types| !types.is_empty()).ok_or_else(|| {
        let text = "`payload.event_types` names one or more of `progress`, `completed`, `failed` and `*`";
        Failure::invalid("event_types", text)
    })
}
