//! A request as clients see it.

use serde::Serialize;
use streamer_store::{AsyncRequest, Json, Timestamp};

use crate::{
    delivery::told,
    protocol::{Data, Failure},
};

/// A request: all but its payload. What a handler gave stays as it was written.
#[derive(Serialize)]
pub(super) struct View<'a> {
    request_id: &'a str,
    action: &'a str,
    status: &'static str,
    priority: &'static str,
    attempt: u32,
    created_at: i64,
    updated_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    percentage: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Data>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Data>,
}

impl<'a> View<'a> {
    /// Where a request stands: without its result.
    pub(super) fn status(request: &'a AsyncRequest) -> Self {
        Self {
            request_id: &request.request_id,
            action: &request.action,
            status: request.status.name(),
            priority: request.priority.name(),
            attempt: request.attempt,
            created_at: request.created_at.to_unix_seconds(),
            updated_at: request.updated_at.to_unix_seconds(),
            ended_at: request.processing_ended.map(Timestamp::to_unix_seconds),
            percentage: request.progress,
            message: request.progress_message.as_deref(),
            details: request.progress_details.clone().map(Data::from),
            error: request.error.as_ref().map(told),
            result: None,
        }
    }

    /// The same with the result, if there is one.
    pub(super) fn result(request: &'a AsyncRequest) -> Self {
        Self { result: request.result.clone().map(Data::from), ..Self::status(request) }
    }
}

impl From<View<'_>> for Data {
    fn from(view: View<'_>) -> Self {
        to_data(&view)
    }
}

/// What is an object of views, as it is sent.
pub(super) fn to_data(views: &impl Serialize) -> Data {
    match Json::of(views) {
        Ok(json) => json.into(),
        Err(_) => unreachable!("every member is a text, a number or JSON already"),
    }
}
