//! What operators ask over HTTP: `/metrics`, `/healthz` and `/livez`.

use std::sync::Arc;

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
    queue: QueueReading,
    connections: ConnectionStore,
    health: Health,
    /// Cancelled when the process begins to stop.
    stopping: CancellationToken,
}

impl Monitor {
    pub(crate) fn new(stores: &StoreFactory, metrics: Metrics, stopping: CancellationToken) -> Self {
        let queue = QueueReading::new(stores.requests(), metrics.clone());
        Self { metrics, queue, connections: stores.connections(), health: Health::default(), stopping }
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

/// What a load balancer and a supervisor ask.
pub(super) fn health_routes() -> Router<Arc<Monitor>> {
    Router::new().route("/healthz", get(health)).route("/livez", get(live))
}

/// What Prometheus asks.
pub(super) async fn metrics(State(monitor): State<Arc<Monitor>>) -> Response {
    monitor.queue.refresh().await;
    let mut response = Response::new(Body::from(monitor.metrics.to_text()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROMETHEUS_TEXT));
    response
}

async fn health(State(monitor): State<Arc<Monitor>>) -> Response {
    monitor.health.answer(&monitor.connections, monitor.stopping.is_cancelled()).await
}

/// Says that the process runs: it asks nobody, since a store that is away is mended by no restart.
async fn live() -> Response {
    json(StatusCode::OK, r#"{"status":"ok"}"#)
}
