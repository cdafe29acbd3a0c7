//! A request as clients see it.

use serde::Serialize;
use serde_json::{Map, Value, json};
use streamer_store::{AsyncRequest, Json, Timestamp};

use crate::{delivery::told, protocol::Data};

/// A request with its result, which stays as it was written.
#[derive(Serialize)]
struct ResultView {
    #[serde(flatten)]
    status: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Data>,
}

/// Where a request stands: all but its payload and its result.
pub(super) fn status(request: &AsyncRequest) -> Map<String, Value> {
    let mut view = Map::new();
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put("request_id", json!(request.request_id));
    put("action", json!(request.action));
    put("status", json!(request.status.name()));
    put("priority", json!(request.priority.name()));
    put("attempt", json!(request.attempt));
    put("created_at", seconds(request.created_at));
    put("updated_at", seconds(request.updated_at));
    if let Some(ended) = request.processing_ended {
        put("ended_at", seconds(ended));
    }
    if let Some(percentage) = request.progress {
        put("percentage", json!(percentage));
    }
    if let Some(message) = &request.progress_message {
        put("message", json!(message));
    }
    if let Some(details) = &request.progress_details {
        put("details", details.to_value());
    }
    if let Some(failure) = &request.error {
        put("error", json!(told(failure)));
    }
    view
}

/// The same with the result, if there is one.
pub(super) fn result(request: &AsyncRequest) -> Data {
    let view = ResultView { status: status(request), result: request.result.clone().map(Data::from) };
    match Json::of(&view) {
        Ok(view) => view.into(),
        Err(_) => unreachable!("every member is JSON already"),
    }
}

fn seconds(instant: Timestamp) -> Value {
    json!(instant.to_unix_seconds())
}
