//! What the server sends.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::json;

use super::{
    code::{Code, Failure},
    data::Data,
    limits::FRAME_BYTES,
    message::Rejection,
    request_id::RequestId,
};

/// A message to a client.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Outgoing {
    /// The answer to an action that is done at once.
    Response {
        /// The message that it answers.
        request_id: RequestId,
        /// Always true: a failure is an [`Outgoing::Error`].
        success: bool,
        /// What the action found.
        data: Data,
    },
    /// The request is queued, and durable.
    Acknowledgment {
        /// The message that it answers.
        request_id: RequestId,
        /// What became of the request.
        status: Acknowledged,
    },
    /// How far a request is. Values may be skipped; they never fall.
    Progress {
        /// The request.
        request_id: RequestId,
        /// 0 to 100.
        percentage: u8,
        /// A text for people.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// Facts for programs: an object.
        #[serde(skip_serializing_if = "Option::is_none")]
        details: Option<Data>,
        /// When, in seconds since the epoch.
        timestamp: u64,
    },
    /// The request's end, with its result.
    Complete {
        /// The request.
        request_id: RequestId,
        /// What its work returned.
        result: Data,
        /// When, in seconds since the epoch.
        timestamp: u64,
    },
    /// A refused message, or a request's end without result.
    Error {
        /// The message or request, unless no id could be read.
        #[serde(skip_serializing_if = "Option::is_none")]
        request_id: Option<RequestId>,
        /// What went wrong.
        error: Failure,
        /// When, in seconds since the epoch.
        timestamp: u64,
    },
}

/// What became of an acknowledged request.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Acknowledged {
    /// It waits for a worker.
    Queued,
}

impl Outgoing {
    /// Answers a message whose action is done.
    pub fn response(request_id: RequestId, data: impl Into<Data>) -> Self {
        Self::Response { request_id, success: true, data: data.into() }
    }

    /// Says that a request is queued.
    pub fn acknowledgment(request_id: RequestId) -> Self {
        Self::Acknowledgment { request_id, status: Acknowledged::Queued }
    }

    /// Answers with a failure, now.
    pub fn error(request_id: Option<RequestId>, error: Failure) -> Self {
        Self::Error { request_id, error, timestamp: epoch_seconds() }
    }

    /// Returns the message as one line of JSON that a frame may hold. What would be more than [`FRAME_BYTES`] is told
    /// without what makes it so large: progress and failures without their text and details, a result as
    /// [`Code::TooLarge`].
    pub fn to_frame(&self) -> String {
        let json = self.to_json();
        if json.len() <= FRAME_BYTES { json } else { self.in_short(json.len()).to_json() }
    }

    fn in_short(&self, size: usize) -> Self {
        let details = json!({ "size": size, "limit": FRAME_BYTES });
        match self.clone() {
            Self::Progress { request_id, percentage, timestamp, .. } => {
                Self::Progress { request_id, percentage, message: None, details: None, timestamp }
            }
            Self::Error { request_id, error, timestamp } => {
                let text = "what went wrong takes more bytes to tell than a message may have";
                let error = Failure::new(error.code, text).with_details(details);
                Self::Error { request_id, error, timestamp }
            }
            Self::Response { request_id, .. } | Self::Complete { request_id, .. } => {
                let text = format!("the answer has {size} bytes; a message has {FRAME_BYTES} at most");
                Self::error(Some(request_id), Failure::new(Code::TooLarge, text).with_details(details))
            }
            acknowledgment @ Self::Acknowledgment { .. } => acknowledgment,
        }
    }

    /// Returns the error's code, where it is one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Error { error, .. } => Some(error.code),
            Self::Response { .. }
            | Self::Acknowledgment { .. }
            | Self::Progress { .. }
            | Self::Complete { .. } => None,
        }
    }

    /// Returns the message as one line of JSON.
    pub fn to_json(&self) -> String {
        match serde_json::to_string(self) {
            Ok(json) => json,
            Err(_) => unreachable!("every member is a text, a number or JSON already"),
        }
    }
}

impl From<Rejection> for Outgoing {
    fn from(rejection: Rejection) -> Self {
        Self::error(rejection.request_id, rejection.failure)
    }
}

/// Returns the time now, in whole seconds since the epoch: the protocol's `timestamp`.
pub fn epoch_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
