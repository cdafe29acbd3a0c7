//! What a handler is.

use std::{future::Future, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use streamer_store::DEFAULT_MAX_RETRIES;

use super::{context::Context, failure::HandlerError};
use crate::protocol::Failure;

/// How long one attempt at a queued request may take, unless its handler says otherwise.
pub const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(15 * 60);

/// How long an action that is answered at once may take, unless its handler says otherwise.
pub const DEFAULT_IMMEDIATE_TIME_LIMIT: Duration = Duration::from_secs(10);

/// When a request is carried out.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Mode {
    /// At once, by the server that the client is connected to: the answer is a `response`. Nothing of it is stored, and a
    /// crash in between loses it; no other message of the connection is read meanwhile.
    Immediate,
    /// By a worker, once it is durable: the answer is an `acknowledgment`, then progress and one end follow, whatever
    /// crashes in between.
    #[default]
    Queued,
}

/// Carries out the requests of one action.
///
/// A queued request may be carried out more than once, by two workers at the same time too: after a crash, or when a
/// worker was cut off for longer than its lease. Only one's end counts. Effects outside are fenced by
/// [`Context::created_at`], then [`Context::attempt`].
pub trait Handler: Send + Sync + 'static {
    /// What a message's `payload` is read as. One that does not fit is refused before the acknowledgment.
    type Payload: DeserializeOwned + Send + 'static;
    /// The result: has to be serialized to a JSON object.
    type Output: Serialize + Send + 'static;

    /// The action's name in messages: 1 to 128 characters.
    fn action(&self) -> &str;

    /// When the action is carried out.
    fn mode(&self) -> Mode {
        Mode::Queued
    }

    /// The permission that a client's token needs to have in its claim `permissions`; none unless said otherwise.
    fn permission(&self) -> Option<&str> {
        None
    }

    /// Refuses a payload before anything is stored. What it says goes to the client.
    ///
    /// # Errors
    /// What is wrong with the payload: [`Failure::invalid`] names the member.
    fn validate(&self, payload: &Self::Payload) -> Result<(), Failure> {
        let _ = payload;
        Ok(())
    }

    /// How long one attempt may take. When it is over the future is dropped, which counts as a failure worth a retry.
    fn time_limit(&self) -> Duration {
        match self.mode() {
            Mode::Immediate => DEFAULT_IMMEDIATE_TIME_LIMIT,
            Mode::Queued => DEFAULT_TIME_LIMIT,
        }
    }

    /// How many tries a request has after the first: 3 unless said otherwise.
    fn max_retries(&self) -> u32 {
        DEFAULT_MAX_RETRIES
    }

    /// How long to wait after the failure of this try, counted from 1; a random part of 1 s, doubled with each try up to
    /// 5 min, unless said otherwise. What the [failure](HandlerError::after) asks for comes first.
    fn retry_pause(&self, tries: u32) -> Option<Duration> {
        let _ = tries;
        None
    }

    /// Carries a request out.
    ///
    /// The future is dropped when the request is cancelled, its lease is lost or its time is over; a request that is
    /// cancelled has some seconds to notice by [`Context::cancelled`]. It runs on the async runtime: what blocks belongs
    /// on a thread of its own (`tokio::task::spawn_blocking`).
    ///
    /// # Errors
    /// [`HandlerError::retry`] for a failure that another try may not meet, [`HandlerError::fail`] for one that ends the
    /// request.
    fn handle(
        &self,
        payload: Self::Payload,
        context: &Context,
    ) -> impl Future<Output = Result<Self::Output, HandlerError>> + Send;
}
