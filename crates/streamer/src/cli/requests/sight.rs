use serde::Serialize;
use streamer_store::{AsyncRequest, Json, RequestFailure, RequestStatus, Timestamp};

use super::super::{output::printable, proceeding::Proceeding};

/// What a watcher sees of a request: what it prints anew when it changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sight<'a> {
    request_id: &'a str,
    tenant_id: &'a str,
    status: RequestStatus,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress_details: Option<&'a Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a RequestFailure>,
}

impl<'a> Sight<'a> {
    pub(super) fn of(request: &'a AsyncRequest) -> Self {
        Self {
            request_id: &request.request_id,
            tenant_id: &request.tenant_id,
            status: request.status,
            attempt: request.attempt,
            progress: request.progress,
            progress_message: request.progress_message.as_deref(),
            progress_details: request.progress_details.as_ref(),
            retry_after: request.retry_after,
            result: request.result.as_ref(),
            error: request.error.as_ref(),
        }
    }

    /// What people see.
    pub(super) fn proceeding(&self) -> Proceeding<'_> {
        Proceeding {
            status: self.status.name(),
            percentage: self.progress.unwrap_or_default(),
            said: self.said(),
        }
    }

    /// One line for people.
    pub(super) fn to_line(&self) -> String {
        self.proceeding().to_line()
    }

    /// What it is doing, or why it failed.
    fn said(&self) -> Option<String> {
        match self.error {
            Some(error) if self.status != RequestStatus::Processing => {
                Some(printable(&format!("{}: {}", error.code, error.message)))
            }
            _ => self.progress_message.map(printable),
        }
    }
}
