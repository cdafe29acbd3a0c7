//! `GET /healthz`: the server accepts requests.

use axum::{http::StatusCode, response::Response};

use super::json::json;

pub(super) async fn health() -> Response {
    json(StatusCode::OK, r#"{"status":"ok"}"#)
}
