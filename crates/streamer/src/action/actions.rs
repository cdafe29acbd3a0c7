//! Finds what a message asks for.

use std::time::Instant;

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use streamer_store::{RequestQueue, SubscriptionStore};

use super::{
    answer::Answer, built_in::Action, caller::Caller, ping, required_permissions::RequiredPermissions, whoami,
};
use crate::{
    delivery::Delivery,
    handler::{Handlers, Mode},
    metrics::Metrics,
    protocol::{Code, Failure, Message, Outgoing},
    worker::Wake,
};

/// What the clients of a server can ask for, and what that works on.
#[derive(Debug)]
pub(crate) struct Actions {
    pub(crate) requests: RequestQueue,
    pub(crate) subscriptions: SubscriptionStore,
    pub(crate) handlers: Handlers,
    pub(crate) required_permissions: RequiredPermissions,
    pub(crate) delivery: Delivery,
    /// Tells the worker of this process.
    pub(crate) wake: Wake,
    pub(crate) metrics: Metrics,
}

impl Actions {
    /// Does what the message asks for and returns its answer, which carries the message's id.
    pub(crate) async fn answer(&self, message: Message, caller: &Caller) -> Answer {
        let (action, begun) = (self.metrics.action(&message.action), Instant::now());
        let answer = self.carry_out(message, caller).await;
        self.metrics.messages().answered(&action, answer.message.code(), begun.elapsed());
        answer
    }

    async fn carry_out(&self, message: Message, caller: &Caller) -> Answer {
        let id = message.id.clone();
        if let Some(permission) = self.required_permissions.missing(&message.action, &caller.identity) {
            return Answer::only(Outgoing::error(Some(id), forbidden(permission, &message.action)));
        }
        match Action::named(&message.action) {
            Some(Action::Cancel) => Answer::of(id, self.cancel(&message, caller).await),
            Some(Action::List) => Answer::of(id, self.list(&message, caller).await),
            Some(Action::Ping) => Answer::of(id, Ok(ping::data())),
            Some(Action::Result) => Answer::of(id, self.result(&message, caller).await),
            Some(Action::Status) => Answer::of(id, self.status(&message, caller).await),
            Some(Action::Subscribe) => self.subscribe(&message, caller).await,
            Some(Action::Unsubscribe) => Answer::of(id, self.unsubscribe(&message, caller).await),
            Some(Action::Whoami) => Answer::of(id, Ok(whoami::data(caller))),
            None => self.answer_by_handler(message, caller).await,
        }
    }

    /// The same where a handler's code may panic: the connection goes on.
    pub(crate) async fn answer_whatever_breaks(
        self: Arc<Self>,
        message: Message,
        caller: Arc<Caller>,
    ) -> Answer {
        let id = message.id.clone();
        let answering = AssertUnwindSafe(self.answer(message, &caller)).catch_unwind();
        answering.await.unwrap_or_else(|_| {
            tracing::error!(request_id = id.as_str(), "an action panicked");
            let failure = Failure::new(Code::InternalError, "the action broke off");
            Answer::only(Outgoing::error(Some(id), failure))
        })
    }

    async fn answer_by_handler(&self, message: Message, caller: &Caller) -> Answer {
        let refused = |failure| Answer::only(Outgoing::error(Some(message.id.clone()), failure));
        let Some(handler) = self.handlers.named(&message.action) else {
            return refused(self.unknown(&message.action));
        };
        if let Some(permission) = handler.permission()
            && !caller.identity.allows(permission)
        {
            return refused(forbidden(permission, &message.action));
        }
        if let Err(failure) = handler.validate(message.payload.as_json()) {
            return refused(failure);
        }
        match handler.mode() {
            Mode::Immediate => self.do_at_once(&**handler, message, caller).await,
            Mode::Queued => self.submit(&**handler, message, caller).await,
        }
    }

    fn unknown(&self, name: &str) -> Failure {
        let mut known: Vec<_> =
            Action::ALL.map(Action::name).into_iter().chain(self.handlers.actions()).collect();
        known.sort_unstable();
        let known: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
        Failure::new(
            Code::InvalidAction,
            format!("there is no action `{name}`; there are {}", known.join(", ")),
        )
        .with_details(serde_json::json!({ "field": "action" }))
    }
}

fn forbidden(permission: &str, action: &str) -> Failure {
    Failure::new(
        Code::Forbidden,
        format!("the token has no permission `{permission}`, which `{action}` needs"),
    )
}
