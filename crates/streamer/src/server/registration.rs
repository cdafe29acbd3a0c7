//! A connection's item in the store, from before the 101 until the connection has ended.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use streamer_store::{Connection, ErrorKind as StoreErrorKind, PingOutcome, Timestamp};
use tokio::runtime::Handle;
use tracing::{Instrument, Span};
use uuid::Uuid;

use super::{refusal::Refusal, shared::Shared};
use crate::auth::Identity;

/// How often the removal of an item is tried before it is left to the heartbeats.
const REMOVAL_ATTEMPTS: u32 = 5;

/// How long to wait after the first failed removal; twice as long after each further one.
const REMOVAL_BACKOFF: Duration = Duration::from_millis(100);

/// How long to wait after a failed renewal.
const RENEWAL_BACKOFF: Duration = Duration::from_secs(5);

/// A stored connection. Dropped without [`remove`](Self::remove), it removes its item in the background.
#[derive(Debug)]
pub(super) struct Registration {
    shared: Arc<Shared>,
    connection_id: String,
    renewal_due: Instant,
    is_removed: bool,
}

/// Whether the item was still there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Renewal {
    Present,
    Gone,
}

impl Registration {
    /// Stores a connection for this client; it is durable when this returns.
    pub(super) async fn create(shared: Arc<Shared>, identity: Identity) -> Result<Self, Refusal> {
        let connections = shared.connections.clone();
        let connection_id = Uuid::new_v4().to_string();
        let mut connection = Connection::new(
            connection_id.clone(),
            identity.user_id,
            identity.tenant_id,
            shared.endpoint.clone(),
            connections.now(),
        );
        connection.server_id = Some(shared.server_id());
        connection.token_expires_at = Some(instant(identity.expires_at));
        // Made before the item: when the answer to the write is lost, the item may be there all the same, and
        // is removed as this is dropped.
        let renewal_due = Instant::now() + shared.renewal_interval;
        let registration = Self { shared, connection_id, renewal_due, is_removed: false };
        match connections.create(&connection).await {
            Ok(()) => Ok(registration),
            Err(error) => {
                tracing::error!(connection_id = registration.connection_id, %error, "a connection cannot be stored");
                Err(if error.is_retryable() { Refusal::StoreUnavailable } else { Refusal::StoreFailed })
            }
        }
    }

    pub(super) fn connection_id(&self) -> &str {
        &self.connection_id
    }

    /// Makes the span that tells in the log which connection an event is about.
    pub(super) fn span(&self) -> Span {
        tracing::info_span!("connection", connection_id = self.connection_id)
    }

    /// Notes a sign of life in the item, at most once in an interval.
    pub(super) async fn renew(&mut self) -> Renewal {
        if Instant::now() < self.renewal_due {
            return Renewal::Present;
        }
        match self.shared.connections.update_last_ping(&self.connection_id).await {
            Ok(PingOutcome::Written) => {
                self.renewal_due = Instant::now() + self.shared.renewal_interval;
                Renewal::Present
            }
            // By the store's clock it is too early: the next sign of life asks again, which costs no request.
            Ok(PingOutcome::Recent) => Renewal::Present,
            Err(error) if *error.kind() == StoreErrorKind::NotFound => Renewal::Gone,
            Err(error) => {
                // The item lives for hours yet; soon a sign of life tries again.
                self.renewal_due = Instant::now() + RENEWAL_BACKOFF.min(self.shared.renewal_interval);
                tracing::warn!(%error, "a connection cannot be renewed");
                Renewal::Present
            }
        }
    }

    /// Removes the item.
    pub(super) async fn remove(mut self) {
        remove(&self.shared, &self.connection_id).await;
        self.is_removed = true;
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if self.is_removed {
            return;
        }
        // Without a runtime the process ends, and what it leaves is the next server's to remove.
        if let Ok(runtime) = Handle::try_current() {
            let shared = Arc::clone(&self.shared);
            let span = self.span();
            let connection_id = std::mem::take(&mut self.connection_id);
            let tasks = shared.tasks.clone();
            tasks.spawn_on(async move { remove(&shared, &connection_id).await }.instrument(span), &runtime);
        }
    }
}

/// Removes an item, and tries again while the store cannot be reached.
async fn remove(shared: &Shared, connection_id: &str) {
    let mut backoff = REMOVAL_BACKOFF;
    for attempt in 1.. {
        // A second call removes what the first left.
        let disconnected = shared.connections.disconnect(connection_id).await;
        match disconnected.and_then(|disconnected| disconnected.subscriptions.complete()) {
            Ok(_) => return,
            Err(error) if error.is_retryable() && attempt < REMOVAL_ATTEMPTS => {
                tracing::warn!(%error, attempt, "a connection cannot be removed; trying again");
                tokio::time::sleep(backoff).await;
                backoff *= 2;
            }
            Err(error) => {
                if shared.leftovers.note(connection_id) {
                    tracing::error!(%error, "a connection cannot be removed; it is tried again at each heartbeat");
                } else {
                    tracing::error!(%error, "a connection cannot be removed; it stays until it expires");
                }
                return;
            }
        }
    }
}

/// The instant of this many seconds; the last one there is for more than a timestamp holds.
fn instant(seconds: u64) -> Timestamp {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_unix_seconds(seconds).ok())
        .unwrap_or(Timestamp::MAX)
}
