//! What every request and every connection works with.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::auth::TokenVerifier;

/// What every request and connection works with.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) verifier: TokenVerifier,
    pub(super) heartbeat_interval: Duration,
    pub(super) max_connections: usize,
    pub(super) permits: Arc<Semaphore>,
    pub(super) shutdown: CancellationToken,
    pub(super) tasks: TaskTracker,
}
