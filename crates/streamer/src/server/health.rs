//! `GET /healthz`: whether clients should come here. The store answers, and the process does not stop.

use std::time::{Duration, Instant};

use axum::{http::StatusCode, response::Response};
use streamer_store::{ConnectionStore, ErrorKind as StoreErrorKind};
use tokio::{sync::Mutex, time::timeout};

use super::json::json;

/// How long an answer holds: however many ask, the store is read this often at most.
const LASTS: Duration = Duration::from_secs(1);

/// How long the store may take. An embedded one may be busy for a moment with expired items.
const STORE_PATIENCE: Duration = Duration::from_secs(5);

/// The id of no connection: those are UUIDs.
const NO_CONNECTION: &str = "healthz";

/// Whether the store answers, as far as is known.
#[derive(Debug, Default)]
pub(super) struct Health {
    last: Mutex<Option<(Instant, bool)>>,
}

impl Health {
    /// Answers a request; there is no store yet while the process starts.
    pub(super) async fn answer(&self, connections: Option<&ConnectionStore>, is_stopping: bool) -> Response {
        if is_stopping {
            return json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"stopping"}"#);
        }
        let Some(connections) = connections else {
            return json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"starting"}"#);
        };
        if self.is_good(connections).await {
            json(StatusCode::OK, r#"{"status":"ok"}"#)
        } else {
            json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"unavailable"}"#)
        }
    }

    /// Reads an item that is not there, unless that was done a moment ago.
    async fn is_good(&self, connections: &ConnectionStore) -> bool {
        // Held while the store is read, so that whoever asks meanwhile gets the same answer.
        let mut last = self.last.lock().await;
        if let Some((at, is_good)) = *last
            && at.elapsed() < LASTS
        {
            return is_good;
        }
        let is_good = match timeout(STORE_PATIENCE, connections.get_consistent(NO_CONNECTION)).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => *error.kind() == StoreErrorKind::NotFound,
            Err(_) => false,
        };
        let was_good = last.is_none_or(|(_, was_good)| was_good);
        *last = Some((Instant::now(), is_good));
        if was_good && !is_good {
            tracing::error!("the store does not answer; `/healthz` says so from now on");
        }
        is_good
    }
}
