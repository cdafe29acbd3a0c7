//! `streamer submit`: a request through a server, as any client submits it.

use std::{io::IsTerminal as _, pin::pin, time::Duration};

use clap::{Args, builder::NonEmptyStringValueParser};
use futures_util::StreamExt as _;
use serde::Serialize;
use serde_json::{json, value::RawValue};
use streamer_client::{ErrorKind as ClientErrorKind, Progress, Request};
use streamer_store::RequestStatus;
use tokio::time::timeout;

use super::{
    indented::indented,
    output::{Output, printable},
    payload::read_payload,
    proceeding::{Bar, Proceeding},
    server_address::{ServerAddress, failed},
};
use crate::{
    error::{Error, ErrorKind, Result},
    protocol::RequestId,
};

/// Submit a request to a running server, follow it, and print its result: with a progress bar on a terminal, else a line for each change.
///
/// Lost connections are made again. Exit code 0 when it completed, 7 when it failed or was cancelled, 8 when the time is up, 4 when
/// the server cannot be reached. What is submitted goes on when the command is ended; the same id, action and payload find it again.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer submit count --payload '{\"to\":3}' --token-file token.jwt
  streamer submit generate_report --payload @report.json --id r-1 --url wss://streamer.example/ws --json
  streamer submit whoami
  STREAMER_TOKEN=… streamer submit count --no-wait")]
pub(super) struct Submit {
    /// What is to be done. One that the server answers at once is printed at once.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    action: String,
    #[command(flatten)]
    server: ServerAddress,
    /// What it is to be done with: a JSON object, or @ and the file that holds one.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    payload: String,
    /// The request's id, at most 128 characters; a random one unless given.
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    id: Option<String>,
    /// Return as soon as the server has stored it.
    #[arg(long)]
    no_wait: bool,
    /// How long to wait for its end at most, such as 10m; until the end unless given.
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
}

/// What a program reads: one a line, the last with the end.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Step<'a> {
    request_id: &'a str,
    status: RequestStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress_details: Option<&'a serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<serde_json::Value>,
}

impl Submit {
    pub(super) async fn run(self, output: &Output) -> Result<()> {
        let payload = read_payload(&self.payload)?;
        let payload = RawValue::from_string(payload.as_str().to_owned())
            .map_err(|error| Error::configuration("`--payload` is no JSON").caused_by(error))?;
        let id = self.id.clone().unwrap_or_else(|| RequestId::generate().to_string());
        let is_bar = !output.is_json() && !self.no_wait && std::io::stdout().is_terminal();
        let bar = is_bar.then(Bar::new);
        let submitted = tokio::select! {
            submitted = self.submit(&id, &payload, output, bar.as_ref()) => submitted,
            _ = tokio::signal::ctrl_c() => {
                let message = format!("stopped waiting for request `{}`; it goes on", printable(&id));
                Err(Error::new(ErrorKind::Interrupted, message))
            }
        };
        if let Some(bar) = &bar {
            bar.clear();
        }
        submitted
    }

    async fn submit(&self, id: &str, payload: &RawValue, output: &Output, bar: Option<&Bar>) -> Result<()> {
        let client = self.server.builder()?.connect().await.map_err(failed)?;
        let request = client.submit_as(id, &self.action, payload).await.map_err(failed)?;
        let followed = if self.no_wait {
            output.line(&Step::of(id, RequestStatus::Pending, None), |_| {
                format!("request `{}` is submitted\n", printable(id))
            })
        } else {
            self.follow(&request, output, bar).await
        };
        client.close().await;
        followed
    }

    /// Waits for the end, and shows what comes before it.
    async fn follow(&self, request: &Request, output: &Output, bar: Option<&Bar>) -> Result<()> {
        let following = pin!(follow(request, output, bar));
        match self.timeout {
            None => following.await,
            Some(limit) => timeout(limit, following).await.unwrap_or_else(|_| {
                let message = format!("request `{}` has not ended in time", printable(request.id()));
                Err(Error::new(ErrorKind::NotEnded, message))
            }),
        }
    }
}

async fn follow(request: &Request, output: &Output, bar: Option<&Bar>) -> Result<()> {
    let id = request.id();
    let show = |step: &Step<'_>| match bar {
        Some(bar) => {
            bar.show(&step.proceeding());
            Ok(())
        }
        None => output.line(step, |step| step.proceeding().to_line()),
    };
    let mut last = None;
    if !request.has_ended() {
        show(&Step::of(id, RequestStatus::Pending, None))?;
    }
    let mut progress = request.progress();
    while let Some(progress) = progress.next().await {
        show(&Step::of(id, RequestStatus::Processing, Some(&progress)))?;
        last = Some(progress);
    }
    let end = request.result::<Box<RawValue>>().await;
    // The last sight stays on the terminal.
    if let Some(bar) = bar {
        bar.clear();
    }
    let status = match &end {
        Ok(_) => RequestStatus::Completed,
        Err(error) => match error.kind() {
            ClientErrorKind::Cancelled => RequestStatus::Cancelled,
            ClientErrorKind::Failed { .. } => RequestStatus::Failed,
            // The client cannot hear of the end; nothing is known of the request.
            _ => return Err(failed(error.clone())),
        },
    };
    match end {
        Ok(result) => {
            // Without the last message: `3 of 4` is no news of what is complete.
            let mut step = Step::of(id, status, None);
            step.progress = Some(100);
            step.result = Some(&result);
            output.line(&step, |step| format!("{}{}\n", step.proceeding().to_line(), pretty(&result)))
        }
        Err(error) => {
            let mut step = Step::of(id, status, last.as_ref());
            step.error = error.failure().map(|failure| {
                let mut said = json!({ "code": failure.code.as_str(), "message": failure.message });
                if let Some(details) = &failure.details {
                    said["details"] = details.clone();
                }
                said
            });
            output.line(&step, |step| step.proceeding().to_line())?;
            Err(failed(error))
        }
    }
}

impl<'a> Step<'a> {
    fn of(request_id: &'a str, status: RequestStatus, progress: Option<&'a Progress>) -> Self {
        Self {
            request_id,
            status,
            progress: progress.map(|progress| progress.percentage),
            progress_message: progress.and_then(|progress| progress.message.as_deref()),
            progress_details: progress.and_then(|progress| progress.details.as_ref()),
            result: None,
            error: None,
        }
    }

    fn proceeding(&self) -> Proceeding<'_> {
        let said = match &self.error {
            Some(error) => {
                let text = |member: &str| error[member].as_str().unwrap_or_default();
                Some(printable(&format!("{}: {}", text("code"), text("message"))))
            }
            None => self.progress_message.map(printable),
        };
        Proceeding { status: self.status.name(), percentage: self.progress.unwrap_or_default(), said }
    }
}

/// A result for people: indented, and with nothing that would drive their terminal.
fn pretty(result: &RawValue) -> String {
    indented(result.get()).lines().map(printable).collect::<Vec<_>>().join("\n")
}
