//! What can be told of a request.

use streamer_store::{
    AsyncRequest, EventType, Json, Progress, RequestFailure, RequestProgress, RequestStatus,
};

use crate::protocol::{Code, Data, Failure, Outgoing, RequestId, epoch_seconds};

/// Something that happened to a request, as its item says it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Event {
    /// It is so far.
    Progress(Progress),
    /// It ended with a result.
    Completed(Json),
    /// It ended with an error.
    Failed(RequestFailure),
    /// A caller ended it.
    Cancelled,
    /// It is no longer there.
    Gone,
}

impl Event {
    /// What a request's item says; nothing of one that has not begun to progress.
    pub(crate) fn of(request: &AsyncRequest) -> Option<Self> {
        match request.status {
            RequestStatus::Completed => {
                Some(Self::Completed(request.result.clone().unwrap_or_else(Json::empty)))
            }
            RequestStatus::Failed => Some(Self::Failed(request.error.clone().unwrap_or_else(unexplained))),
            RequestStatus::Cancelled => Some(Self::Cancelled),
            RequestStatus::Pending | RequestStatus::Processing | RequestStatus::Retrying => {
                let details = request.progress_details.as_ref();
                so_far(request.progress, request.progress_message.as_ref(), details)
            }
        }
    }

    /// What is known of a request that is open; nothing of one that has not begun to progress.
    pub(super) fn of_open(request: &RequestProgress) -> Option<Self> {
        let details = request.progress_details.as_ref();
        so_far(request.progress, request.progress_message.as_ref(), details)
    }

    /// Whether nothing follows it.
    pub(crate) fn is_end(&self) -> bool {
        !matches!(self, Self::Progress(_))
    }

    /// Its name in the metrics.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Progress(_) => "progress",
            Self::Completed(_) => "completed",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
            Self::Gone => "gone",
        }
    }

    /// What a subscriber has to want to hear of it.
    pub(super) fn event_type(&self) -> EventType {
        match self {
            Self::Progress(_) => EventType::Progress,
            Self::Completed(_) => EventType::Completed,
            Self::Failed(_) | Self::Cancelled | Self::Gone => EventType::Failed,
        }
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        let json = |json: &Option<Json>| json.as_ref().map_or(0, |json| json.as_str().len());
        match self {
            Self::Progress(progress) => {
                progress.message.as_ref().map_or(0, String::len) + json(&progress.details)
            }
            Self::Completed(result) => result.as_str().len(),
            Self::Failed(failure) => failure.message.len() + json(&failure.details),
            Self::Cancelled | Self::Gone => 0,
        }
    }

    /// The message that tells it.
    pub(crate) fn into_message(self, request_id: RequestId) -> Outgoing {
        let timestamp = epoch_seconds();
        let error = |error| Outgoing::Error { request_id: Some(request_id.clone()), error, timestamp };
        match self {
            Self::Progress(Progress { percentage, message, details }) => Outgoing::Progress {
                request_id,
                percentage,
                message,
                details: details.map(Data::from),
                timestamp,
            },
            Self::Completed(result) => Outgoing::Complete { request_id, result: result.into(), timestamp },
            Self::Failed(failure) => error(told(&failure)),
            Self::Cancelled => error(Failure::new(Code::Cancelled, "the request was cancelled")),
            Self::Gone => error(Failure::new(Code::NotFound, "the request is no longer there")),
        }
    }
}

fn so_far(percentage: Option<u8>, message: Option<&String>, details: Option<&Json>) -> Option<Event> {
    let (message, details) = (message.cloned(), details.cloned());
    percentage.map(|percentage| Event::Progress(Progress { percentage, message, details }))
}

/// A stored failure as a client is told it: a code that the protocol does not have is `PROCESSING_FAILED`.
pub(crate) fn told(failure: &RequestFailure) -> Failure {
    Failure {
        code: Code::named(&failure.code).unwrap_or(Code::ProcessingFailed),
        message: failure.message.clone(),
        details: failure.details.clone().map(Data::from),
    }
}

fn unexplained() -> RequestFailure {
    RequestFailure::new(Code::ProcessingFailed.as_str(), "the request failed")
}
