//! Which servers live on a shared engine, and what dead ones left.

use std::{sync::Arc, time::Duration};

use streamer_store::{ErrorKind as StoreErrorKind, ServerStore};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use super::shared::Shared;

/// Makes an id for a server.
pub(super) fn new_server_id() -> String {
    Uuid::now_v7().to_string()
}

/// Beats every interval and removes what dead servers left, until the server stops.
pub(super) async fn keep_present(shared: Arc<Shared>, servers: ServerStore, every: Duration) {
    let mut beats = interval(every);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = shared.shutdown.cancelled() => return,
            _ = beats.tick() => {}
        }
        beat(&shared, &servers, every).await;
        match servers.remove_dead(&shared.connections).await {
            Ok(dead) if dead.is_empty() => {}
            Ok(dead) => tracing::info!(?dead, "removed what dead servers left"),
            Err(error) => tracing::warn!(%error, "cannot look for dead servers"),
        }
    }
}

async fn beat(shared: &Shared, servers: &ServerStore, every: Duration) {
    match servers.beat(&shared.server_id()).await {
        Ok(()) => {}
        Err(error) if *error.kind() == StoreErrorKind::NotFound => {
            // Others remove the connections of the old id. Their sockets notice when they renew their items.
            let server_id = new_server_id();
            tracing::warn!(%server_id, "this server was taken for dead; it goes on under another id");
            match servers.announce(&server_id, every).await {
                Ok(()) => shared.set_server_id(server_id),
                Err(error) => tracing::warn!(%error, "the server cannot announce itself"),
            }
        }
        Err(error) => tracing::warn!(%error, "the server's heartbeat failed"),
    }
}
