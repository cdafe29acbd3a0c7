//! How handles ask the task for something, and how long they wait for it.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    sync::{oneshot, watch},
    time::timeout,
};

use crate::{
    error::{Error, ErrorKind, Result},
    incoming::decode,
    interest::Interest,
    link::{Command, Forget, Link, Reply},
    outgoing::{generate_id, message},
    state::State,
};

/// The actions of the server that change nothing when they are done twice.
const REPEATABLE_ACTIONS: [&str; 8] =
    ["ping", "whoami", "list", "status", "result", "cancel", "subscribe", "unsubscribe"];

/// Asks, and waits for answers.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    link: Link,
    answer_within: Duration,
}

impl Caller {
    pub(crate) fn new(link: Link, answer_within: Duration) -> Self {
        Self { link, answer_within }
    }

    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// Asks for an action that is answered at once.
    ///
    /// The future holds nothing of the payload, so that it may be spawned.
    pub(crate) fn call<T, P>(&self, action: &str, payload: &P) -> impl Future<Output = Result<T>> + use<T, P>
    where
        T: DeserializeOwned,
        P: Serialize + ?Sized,
    {
        let id = generate_id();
        let text = message(&id, action, payload);
        let is_repeatable = REPEATABLE_ACTIONS.contains(&action);
        let action = action.to_owned();
        let caller = self.clone();
        async move {
            let text = text?;
            // First, so that a call that is given up is forgotten.
            let _forget = Forget::new(id.as_str(), caller.link.clone());
            let (reply, answer) = oneshot::channel();
            caller.link.send(Command::Call { id, text, is_repeatable, reply });
            let data = caller.answer(&action, answer).await?;
            decode(&format!("the answer to `{action}`"), &data)
        }
    }

    /// Asks by a command for a request that is to be followed.
    pub(crate) async fn follow(
        &self,
        request_id: &str,
        what: &str,
        command: impl FnOnce(String, Reply<watch::Receiver<State>>) -> Command,
    ) -> Result<Interest> {
        // First, so that a call that is given up is forgotten.
        let forget = Forget::new(request_id, self.link.clone());
        let (reply, answer) = oneshot::channel();
        self.link.send(command(request_id.to_owned(), reply));
        let state = self.answer(what, answer).await?;
        Ok(Interest::new(state, forget))
    }

    async fn answer<T>(&self, what: &str, answer: oneshot::Receiver<Result<T>>) -> Result<T> {
        match timeout(self.answer_within, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(self.link.ended()),
            Err(_) => {
                let waited = self.answer_within.as_millis();
                let message = format!("`{what}` got no answer in {waited} ms; it may have been done");
                Err(Error::new(ErrorKind::Timeout, message))
            }
        }
    }
}
