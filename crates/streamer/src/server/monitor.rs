//! What operators ask over HTTP: `/metrics`, `/healthz` and `/livez`.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::Response,
    routing::get,
};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE as PROMETHEUS_TEXT;
use streamer_store::{ConnectionStore, StoreFactory};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{accept::Accept, health::Health, json::json, refusal::Refusal};
use crate::metrics::{Metrics, QueueReading};

/// The most connections to an address that is for operators alone. Further ones wait.
const MAX_CONNECTIONS: usize = 16;

/// Answers operators.
#[derive(Debug)]
pub(crate) struct Monitor {
    pub(super) metrics: Metrics,
    /// What it looks at, once that is there.
    watched: OnceLock<Watched>,
    health: Health,
    /// Cancelled when the process begins to stop.
    stopping: CancellationToken,
}

#[derive(Debug)]
struct Watched {
    queue: QueueReading,
    connections: ConnectionStore,
}

impl Monitor {
    /// A monitor of a process that is not ready before its [stores are watched](Self::watch).
    pub(crate) fn new(metrics: Metrics, stopping: CancellationToken) -> Self {
        Self { metrics, watched: OnceLock::new(), health: Health::default(), stopping }
    }

    /// Looks at these stores from now on; at those that it was given first, if it was.
    pub(crate) fn watch(&self, stores: &StoreFactory) {
        let queue = QueueReading::new(stores.requests(), self.metrics.clone());
        // Given twice: the first ones are as good.
        let _ = self.watched.set(Watched { queue, connections: stores.connections() });
    }

    /// Answers at an address of its own, until `stop`.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener, stop: CancellationToken) {
        let router = Router::new()
            .route("/metrics", get(metrics))
            .merge(health_routes())
            .fallback(async || Refusal::NoSuchPath)
            .method_not_allowed_fallback(async || Refusal::NotGet)
            .with_state(self);
        let tasks = TaskTracker::new();
        let accept = Accept { router, tls: None, shutdown: stop, tasks: tasks.clone() };
        accept.run(listener, MAX_CONNECTIONS).await;
        tasks.close();
        tasks.wait().await;
    }
}

/// Whether a server that clients reach at this address answers `/metrics` there: where nobody but this machine does.
pub(super) fn is_shown_to_clients(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// What a load balancer and a supervisor ask.
pub(super) fn health_routes() -> Router<Arc<Monitor>> {
    Router::new().route("/healthz", get(health)).route("/livez", get(live))
}

/// What Prometheus asks.
pub(super) async fn metrics(State(monitor): State<Arc<Monitor>>) -> Response {
    if let Some(watched) = monitor.watched.get() {
        watched.queue.refresh().await;
    }
    let mut response = Response::new(Body::from(monitor.metrics.to_text()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROMETHEUS_TEXT));
    response
}

async fn health(State(monitor): State<Arc<Monitor>>) -> Response {
    let connections = monitor.watched.get().map(|watched| &watched.connections);
    monitor.health.answer(connections, monitor.stopping.is_cancelled()).await
}

/// Says that the process runs: it asks nobody, since a store that is away is mended by no restart.
async fn live() -> Response {
    json(StatusCode::OK, r#"{"status":"ok"}"#)
}

#[cfg(test)]
mod tests {
    use super::is_shown_to_clients;

    #[test]
    fn metrics_are_shown_to_the_clients_of_this_machine_alone() {
        let shown = |address: &str| is_shown_to_clients(address.parse().unwrap());

        for own in ["127.0.0.1:80", "127.9.9.9:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
            assert!(shown(own), "{own}");
        }
        for reached in ["0.0.0.0:80", "[::]:80", "10.0.0.1:80", "[::ffff:10.0.0.1]:80", "[fe80::1]:80"] {
            assert!(!shown(reached), "{reached}");
        }
    }
}
