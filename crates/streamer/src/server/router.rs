//! The paths that the server knows.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::health::health;
use super::page::page;
use super::refusal::Refusal;
use super::shared::Shared;
use super::upgrade::upgrade;

/// Makes the router.
///
/// No layer logs requests: an address may hold a token.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/healthz", get(health))
        .route("/ws", get(upgrade))
        .fallback(async || Refusal::NoSuchPath)
        .with_state(shared)
}
