//! The paths that the server knows.

use std::sync::Arc;

use axum::{Router, routing::get};

use super::{
    monitor::{Monitor, health_routes, metrics},
    page::page,
    refusal::Refusal,
    shared::Shared,
    upgrade::upgrade,
};

/// Makes the router; `has_metrics` says whether it answers `/metrics`.
///
/// No layer logs requests: an address may hold a token.
pub(super) fn router(shared: Arc<Shared>, has_metrics: bool) -> Router {
    let mut monitored: Router<Arc<Monitor>> = health_routes();
    if has_metrics {
        monitored = monitored.route("/metrics", get(metrics));
    }
    let monitored = monitored.with_state(Arc::clone(&shared.monitor));
    Router::new()
        .route("/", get(page))
        .route("/ws", get(upgrade))
        .with_state(shared)
        .merge(monitored)
        .fallback(async || Refusal::NoSuchPath)
        .method_not_allowed_fallback(async || Refusal::NotGet)
}
