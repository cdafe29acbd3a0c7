//! A request that the client follows.

use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{
    caller::Caller, error::Result, incoming::decode, interest::Interest, progress::Progress,
    progress_stream::ProgressStream,
};

/// A request that the client follows, on any connection, until it ends.
///
/// A lost connection is made again and the request subscribed again; what was missed is caught up. Clones follow the same
/// request. Once all of them are dropped the client no longer listens; the request goes on.
#[derive(Clone, Debug)]
pub struct Request {
    id: String,
    interest: Interest,
    caller: Caller,
}

impl Request {
    pub(crate) fn new(id: String, interest: Interest, caller: Caller) -> Self {
        Self { id, interest, caller }
    }

    /// Returns the request's id, by which [`Client::subscribe`](crate::Client::subscribe) finds it from anywhere.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the progress as a stream: what is known, then the newest as it comes, until the request ends.
    pub fn progress(&self) -> ProgressStream {
        ProgressStream::new(self.interest.clone())
    }

    /// Returns the newest progress; `None` before the first.
    pub fn last_progress(&self) -> Option<Progress> {
        self.interest.progress()
    }

    /// Whether the request has ended, as far as the client has heard.
    pub fn has_ended(&self) -> bool {
        self.interest.has_ended()
    }

    /// Waits for the end and reads the result. May be called again.
    ///
    /// It waits as long as the request takes; put `tokio::time::timeout` around it to wait for less.
    ///
    /// # Errors
    /// `Failed` and `Cancelled` when the request ended without result, `Decode` when the result is no `T`, and
    /// `Connection`, `Unauthorized`, `Protocol`, `Closed` when the client cannot hear of the end any more; the request goes
    /// on then.
    pub async fn result<T: DeserializeOwned>(&self) -> Result<T> {
        let result = self.interest.clone().end().await?;
        decode(&format!("the result of request `{}`", self.id), &result)
    }

    /// Cancels the request. One message. [`result`](Self::result) answers `Cancelled` once it is.
    ///
    /// # Errors
    /// `Refused` when the request has ended already or is not there, and those of [`Client::call`](crate::Client::call).
    pub async fn cancel(&self) -> Result<()> {
        self.caller.call("cancel", &json!({ "request_id": self.id })).await.map(|_: serde::de::IgnoredAny| ())
    }
}
