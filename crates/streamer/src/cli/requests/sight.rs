use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use streamer_store::{AsyncRequest, Json, RequestFailure, RequestStatus, Timestamp};

use super::super::output::printable;

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

    /// One line for people.
    pub(super) fn to_line(&self) -> String {
        let mut line = format!("{:<10}  {:>3} %", self.status.name(), self.progress.unwrap_or_default());
        if let Some(said) = self.said() {
            line.push_str("  ");
            line.push_str(&said);
        }
        line.push('\n');
        line
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

/// The progress of a request on a terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stdout());
        // A template that is refused would leave the bar in its usual style.
        if let Ok(style) = ProgressStyle::with_template("{prefix:10} {bar:32} {pos:>3} %  {wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(super) fn show(&self, sight: &Sight<'_>) {
        self.0.set_prefix(sight.status.name());
        self.0.set_message(sight.said().unwrap_or_default());
        self.0.set_position(u64::from(sight.progress.unwrap_or_default()));
    }

    /// Takes it off the terminal.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
