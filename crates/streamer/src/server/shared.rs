//! What every request and every connection works with.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use streamer_store::ConnectionStore;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{leftovers::Leftovers, monitor::Monitor, places::Places};
use crate::{action::Actions, auth::TokenVerifier};

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) verifier: TokenVerifier,
    pub(super) heartbeat_interval: Duration,
    pub(super) renewal_interval: Duration,
    pub(super) max_connections: usize,
    pub(super) permits: Arc<Semaphore>,
    pub(super) places: Arc<Places>,
    pub(super) connections: ConnectionStore,
    /// What clients can ask for.
    pub(super) actions: Arc<Actions>,
    /// What operators ask, and the metrics.
    pub(super) monitor: Arc<Monitor>,
    pub(super) leftovers: Arc<Leftovers>,
    /// Where clients reach this server, as their items name it.
    pub(super) endpoint: String,
    /// Whose connections the items are. It changes when other servers have taken this one for dead.
    pub(super) server_id: RwLock<String>,
    pub(super) shutdown: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Shared {
    /// Returns the id that this server stores its connections under.
    pub(super) fn server_id(&self) -> String {
        self.server_id.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stores the connections to come under another id.
    pub(super) fn set_server_id(&self, server_id: String) {
        *self.server_id.write().unwrap_or_else(PoisonError::into_inner) = server_id;
    }
}
