//! `streamer submit`: a request through a server, as any client submits it.

use std::{
    cell::{Cell, OnceCell},
    io::IsTerminal as _,
    time::Duration,
};

use clap::{Args, builder::NonEmptyStringValueParser};
use futures_util::StreamExt as _;
use serde::Serialize;
use serde_json::{json, value::RawValue};
use streamer_client::{Client, ErrorKind as ClientErrorKind, Progress, Request};
use streamer_store::RequestStatus;
use tokio::time::{Instant, timeout_at};

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
    /// How long the command may take at most, such as 10m, to connect included; until the end unless given.
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
        let deadline = self.timeout.and_then(|limit| Instant::now().checked_add(limit));
        let way = Way::default();
        let came_to_its_end = tokio::select! {
            submitted = within(deadline, self.submit(&id, &payload, &way, output, bar.as_ref())) => {
                submitted.ok_or_else(|| way.reached.get().too_late(&id))
            }
            _ = tokio::signal::ctrl_c() => Err(way.reached.get().interrupted(&id)),
        };
        if let Some(bar) = &bar {
            bar.clear();
        }
        let submitted = came_to_its_end?;
        if let Some(client) = way.client.into_inner() {
            within(deadline, client.close()).await;
        }
        submitted
    }

    async fn submit(
        &self,
        id: &str,
        payload: &RawValue,
        way: &Way,
        output: &Output,
        bar: Option<&Bar>,
    ) -> Result<()> {
        let client = self.server.builder()?.connect().await.map_err(failed)?;
        let client = way.client.get_or_init(|| client);
        way.reached.set(Reached::Server);
        let request = client.submit_as(id, &self.action, payload).await.map_err(failed)?;
        way.reached.set(Reached::Acknowledgment);
        if self.no_wait {
            return output.line(&Step::of(id, RequestStatus::Pending, None), |_| {
                format!("request `{}` is submitted\n", printable(id))
            });
        }
        follow(&request, output, bar).await
    }
}

/// What is known of a command that may be broken off at any time.
#[derive(Debug, Default)]
struct Way {
    client: OnceCell<Client>,
    reached: Cell<Reached>,
}

/// How far a command has come.
#[derive(Clone, Copy, Debug, Default)]
enum Reached {
    /// There is no connection yet, and nothing was sent.
    #[default]
    Nothing,
    /// The request may be on its way.
    Server,
    /// The request is stored.
    Acknowledgment,
}

impl Reached {
    /// That the time is up.
    fn too_late(self, id: &str) -> Error {
        let id = printable(id);
        let message = match self {
            Self::Nothing => {
                format!("there was no connection to the server in time; request `{id}` is not submitted")
            }
            Self::Server => format!(
                "request `{id}` was not acknowledged in time, and may be stored or not; to submit the same again with \
                 `--id {id}` makes no second one"
            ),
            Self::Acknowledgment => format!(
                "request `{id}` has not ended in time, and goes on; to submit the same again with `--id {id}` follows it, \
                 and the action `status` says where it stands"
            ),
        };
        Error::new(ErrorKind::NotEnded, message)
    }

    /// That the user does not want to wait longer.
    fn interrupted(self, id: &str) -> Error {
        let id = printable(id);
        let message = match self {
            Self::Nothing => {
                format!("stopped before there was a connection; request `{id}` is not submitted")
            }
            Self::Server => {
                format!("stopped before request `{id}` was acknowledged; it may be stored or not")
            }
            Self::Acknowledgment => format!("stopped waiting for request `{id}`; it goes on"),
        };
        Error::new(ErrorKind::Interrupted, message)
    }
}

/// What comes of it until then; until the end where there is no limit.
async fn within<T>(deadline: Option<Instant>, future: impl Future<Output = T>) -> Option<T> {
    match deadline {
        Some(deadline) => timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
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
