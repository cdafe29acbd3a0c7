use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Response, StatusCode,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};

use crate::refusal::Refusal;

const JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const CHECKSUM: HeaderName = HeaderName::from_static("x-amz-crc32");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

pub(super) type Answer = Response<Full<Bytes>>;

/// The answer to an operation, as DynamoDB writes it.
pub(super) fn operation(outcome: Result<Bytes, Refusal>) -> Answer {
    match outcome {
        Ok(body) => with(StatusCode::OK, JSON, body),
        Err(Refusal { status, body }) => {
            with(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), JSON, body)
        }
    }
}

/// The answer to a health check.
pub(super) fn healthy() -> Answer {
    with(StatusCode::OK, TEXT, Bytes::from_static(b"healthy: dynamorm-embedded\n"))
}

pub(super) fn not_found() -> Answer {
    with(
        StatusCode::NOT_FOUND,
        TEXT,
        Bytes::from_static(b"send `POST /` for an operation, `GET /` for the health\n"),
    )
}

fn with(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Answer {
    let checksum = crc32fast::hash(&body);
    let mut answer = Response::new(Full::new(body));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, content_type);
    headers.insert(CHECKSUM, HeaderValue::from(checksum));
    let id = uuid::Uuid::new_v4().simple().to_string().to_uppercase();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    answer
}
