//! The paths that the server knows.

use std::sync::Arc;

use axum::{Router, extract::State, response::Response, routing::get};

use super::{page::page, refusal::Refusal, shared::Shared, upgrade::upgrade};

/// Makes the router.
///
/// No layer logs requests: an address may hold a token.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/healthz", get(health))
        .route("/ws", get(upgrade))
        .fallback(async || Refusal::NoSuchPath)
        .method_not_allowed_fallback(async || Refusal::NotGet)
        .with_state(shared)
}

async fn health(State(shared): State<Arc<Shared>>) -> Response {
    shared.health.answer(&shared.connections).await
}
