//! What users hold.

use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::oneshot;

use crate::{
    caller::Caller,
    error::Result,
    link::Command,
    outgoing::{check_name, generate_id, message},
    request::Request,
};

/// A connection to a Streamer server, made again when it is lost. Cheap to clone; all clones share it.
///
/// It is closed when the last clone and the last [`Request`] are dropped, or by [`close`](Self::close).
#[derive(Clone, Debug)]
pub struct Client {
    caller: Caller,
}

impl Client {
    pub(crate) fn new(caller: Caller) -> Self {
        Self { caller }
    }

    /// Asks for an action that the server answers at once. One message.
    ///
    /// The payload is anything that is written as a JSON object, or `&()` for none. When the connection is lost before the
    /// answer, the built-in actions are asked for again; others may have been done, and the call fails.
    ///
    /// # Errors
    /// `Refused` by the server, `Decode` when the answer is no `T`, `Timeout` without an answer in time, `Invalid` and
    /// `TooLarge` before anything is sent, and those that end the client: `Connection`, `Unauthorized`, `Protocol`,
    /// `Closed`.
    pub fn call<T, P>(&self, action: &str, payload: &P) -> impl Future<Output = Result<T>> + use<T, P>
    where
        T: DeserializeOwned,
        P: Serialize + ?Sized,
    {
        self.caller.call(action, payload)
    }

    /// Submits a request under an id of its own, and returns once the server has stored it.
    ///
    /// See [`submit_as`](Self::submit_as). Every call makes a request of its own: to be able to repeat one whose outcome is
    /// unknown, choose the id.
    ///
    /// # Errors
    /// Those of [`submit_as`](Self::submit_as).
    pub fn submit<P>(&self, action: &str, payload: &P) -> impl Future<Output = Result<Request>> + use<P>
    where
        P: Serialize + ?Sized,
    {
        self.submit_as(generate_id(), action, payload)
    }

    /// Submits a request under this id, and returns once the server has stored it. One message.
    ///
    /// The id is an idempotency key of the tenant: the same id, action and payload are the same request, whatever became of
    /// it. So the message is sent again when the connection is lost before the acknowledgment, and so may be the call. An
    /// action that the server answers at once gives a request that has ended, with the answer as its result.
    ///
    /// # Errors
    /// `Refused` by the server, with `ALREADY_EXISTS` when the id stands for another action or payload; otherwise those of
    /// [`call`](Self::call). After a `Timeout` the request may be stored.
    pub fn submit_as<I, P>(
        &self,
        id: I,
        action: &str,
        payload: &P,
    ) -> impl Future<Output = Result<Request>> + use<I, P>
    where
        I: Into<String>,
        P: Serialize + ?Sized,
    {
        let id = id.into();
        let text = message(&id, action, payload);
        let action = action.to_owned();
        let caller = self.caller.clone();
        async move {
            let text = text?;
            let command = |id, reply| Command::Submit { id, text, reply };
            let interest = caller.follow(&id, &action, command).await?;
            Ok(Request::new(id, interest, caller))
        }
    }

    /// Follows a request of the tenant that was submitted before, here or elsewhere; its progress and end are caught up.
    /// One message, none where the client follows it already.
    ///
    /// # Errors
    /// `Refused` with `NOT_FOUND` when there is no such request; otherwise those of [`call`](Self::call).
    pub async fn subscribe(&self, request_id: impl Into<String>) -> Result<Request> {
        let request_id = request_id.into();
        check_name("the request's id", &request_id)?;
        let command = |request_id, reply| Command::Subscribe { request_id, reply };
        let interest = self.caller.follow(&request_id, "subscribe", command).await?;
        Ok(Request::new(request_id, interest, self.caller.clone()))
    }

    /// Closes the connection for all clones and waits until it is closed. What is under way ends with `Closed`; requests that
    /// are stored go on.
    pub async fn close(self) {
        let (closed, is_closed) = oneshot::channel();
        self.caller.link().send(Command::Close { closed });
        // It was closed already where nobody answers.
        let _ = is_closed.await;
    }
}
