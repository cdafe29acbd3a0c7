//! What an action answers.

use streamer_store::RequestKey;

use crate::protocol::{Data, Failure, Outgoing, RequestId};

/// The answer to a message, and of which request the connection hears once it is sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) message: Outgoing,
    pub(crate) then_hears_of: Option<RequestKey>,
}

/// What an action of the server itself does: data, or a failure.
pub(super) type Answered = Result<Data, Failure>;

impl Answer {
    /// A message after which nothing follows.
    pub(crate) fn only(message: Outgoing) -> Self {
        Self { message, then_hears_of: None }
    }

    pub(super) fn of(id: RequestId, answered: Result<impl Into<Data>, Failure>) -> Self {
        Self::only(match answered {
            Ok(data) => Outgoing::response(id, data),
            Err(failure) => Outgoing::error(Some(id), failure),
        })
    }

    pub(super) fn then_hears_of(mut self, key: RequestKey) -> Self {
        self.then_hears_of = Some(key);
        self
    }
}
