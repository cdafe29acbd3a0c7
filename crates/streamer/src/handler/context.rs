//! What a handler is given besides the payload.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use serde::Serialize;
use streamer_store::{Claimed, Json, Progress, RequestKey, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{checkpoint::Checkpoint, failure::HandlerError};

/// The request that a handler carries out: whose it is, how far it is, and how long it may take. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Context(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    key: RequestKey,
    user_id: String,
    connection_id: Option<String>,
    created_at: Timestamp,
    attempt: u32,
    /// By the clock that the time limit goes by: that of the wall may be set.
    begun: Instant,
    time_limit: Duration,
    checkpoint: Checkpoint,
    progress: watch::Sender<Option<Progress>>,
    cancellation: Cancellation,
}

/// Where the progress that a handler reports is read: the newest alone.
pub(crate) type Reported = watch::Receiver<Option<Progress>>;

/// Tells a handler to stop.
pub(crate) type Cancellation = CancellationToken;

impl Context {
    /// Of a request that a worker holds.
    pub(crate) fn of_claimed(
        claimed: &Claimed,
        checkpoint: Checkpoint,
        time_limit: Duration,
        cancellation: Cancellation,
    ) -> (Self, Reported) {
        let request = &claimed.request;
        let (progress, reported) = watch::channel(None);
        let inner = Inner {
            key: request.request_key(),
            user_id: request.user_id.clone(),
            connection_id: request.connection_id.clone(),
            created_at: request.created_at,
            attempt: request.attempt,
            begun: Instant::now(),
            time_limit,
            checkpoint,
            progress,
            cancellation,
        };
        (Self(Arc::new(inner)), reported)
    }

    /// Of a message that is answered at once.
    pub(crate) fn of_message(
        key: RequestKey,
        user_id: &str,
        connection_id: &str,
        checkpoint: Checkpoint,
        time_limit: Duration,
        cancellation: Cancellation,
    ) -> Self {
        let now = checkpoint.now();
        Self(Arc::new(Inner {
            key,
            user_id: user_id.to_owned(),
            connection_id: Some(connection_id.to_owned()),
            created_at: now,
            attempt: 1,
            begun: Instant::now(),
            time_limit,
            checkpoint,
            progress: watch::Sender::new(None),
            cancellation,
        }))
    }

    /// The request's id, which the client chose.
    pub fn request_id(&self) -> &str {
        &self.0.key.request_id
    }

    /// The tenant that the request is of.
    pub fn tenant_id(&self) -> &str {
        &self.0.key.tenant_id
    }

    /// The user who submitted it: what the token of the connection proved, never what a message says.
    pub fn user_id(&self) -> &str {
        &self.0.user_id
    }

    /// The connection that it was submitted on; none if by the command line.
    pub fn connection_id(&self) -> Option<&str> {
        self.0.connection_id.as_deref()
    }

    /// When it was submitted.
    pub fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// How often it was claimed, this time included. It only grows: an effect outside that carries it can be refused by
    /// what has seen a later one.
    pub fn attempt(&self) -> u32 {
        self.0.attempt
    }

    /// How much of the time limit is left.
    pub fn time_left(&self) -> Duration {
        self.0.time_limit.saturating_sub(self.0.begun.elapsed())
    }

    /// Says how far the work is, in percent. Costs nothing: the newest is written a few times a second at most, and a
    /// lower one than before is not shown.
    pub fn progress(&self, percentage: u8) {
        self.report(Progress { percentage: percentage.min(100), ..Progress::default() });
    }

    /// The same, with what is being done.
    pub fn progress_with_message(&self, percentage: u8, message: impl Into<String>) {
        let message = Some(message.into());
        self.report(Progress { percentage: percentage.min(100), message, ..Progress::default() });
    }

    /// The same, with a message and facts for programs.
    pub fn report(&self, progress: Progress) {
        self.0.progress.send_replace(Some(progress));
    }

    /// Whether the work is to be given up: the request was cancelled, or another worker has it.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancellation.is_cancelled()
    }

    /// Waits until the work is to be given up.
    pub async fn cancelled(&self) {
        self.0.cancellation.cancelled().await;
    }

    /// Keeps what a later attempt can go on from: a value that is serialized to a JSON object. One UpdateItem; durable
    /// once this returns.
    ///
    /// # Errors
    /// To be passed on: the request is no longer this attempt's, it would be more than 400 KB, or the engine does not
    /// answer. An action that is answered at once has no checkpoint, and fails.
    pub async fn save_checkpoint(&self, checkpoint: &(impl Serialize + Sync)) -> Result<(), HandlerError> {
        let json =
            Json::of(checkpoint).map_err(|error| HandlerError::fail(format!("the checkpoint is {error}")))?;
        self.0.checkpoint.save(json).await
    }

    /// What an earlier attempt kept last.
    ///
    /// # Errors
    /// To be passed on: it does not fit `T`, as after a change of the handler.
    pub fn checkpoint<T: serde::de::DeserializeOwned>(&self) -> Result<Option<T>, HandlerError> {
        self.0
            .checkpoint
            .stored()
            .map(|json| serde_json::from_str(json.as_str()))
            .transpose()
            .map_err(|_| HandlerError::fail("the checkpoint of an earlier attempt does not fit"))
    }
}
