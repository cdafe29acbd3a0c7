//! An action of a handler that is answered at once.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use streamer_store::RequestKey;
use tokio::time::timeout;

use super::{actions::Actions, answer::Answer, caller::Caller};
use crate::{
    handler::{Cancellation, Checkpoint, Context, ErasedHandler},
    protocol::{Code, Failure, Message},
};

impl Actions {
    /// Runs the handler and answers with what it returns.
    pub(super) async fn do_at_once(
        &self,
        handler: &dyn ErasedHandler,
        message: Message,
        caller: &Caller,
    ) -> Answer {
        let limit = handler.time_limit();
        let cancellation = Cancellation::new();
        // Whatever drops this, a thread that the handler left behind is told.
        let _guard = cancellation.clone().drop_guard();
        let context = Context::of_message(
            RequestKey::new(caller.identity.tenant_id.as_str(), message.id.as_str()),
            &caller.identity.user_id,
            &caller.connection_id,
            Checkpoint::none(self.requests.clone()),
            limit,
            cancellation,
        );
        let handling = AssertUnwindSafe(handler.handle(message.payload.as_json(), &context)).catch_unwind();
        let answered = match timeout(limit, handling).await {
            Ok(Ok(handled)) => handled.map_err(|error| error.into_told()),
            Ok(Err(_panic)) => {
                tracing::error!(request_id = %message.id, action = message.action, "the handler panicked");
                Err(Failure::new(Code::InternalError, "the action broke off"))
            }
            Err(_) => Err(Failure::new(Code::Timeout, format!("not done within {limit:?}"))),
        };
        Answer::of(message.id, answered)
    }
}
