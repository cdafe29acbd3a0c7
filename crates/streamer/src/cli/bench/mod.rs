//! `streamer bench`: a load on a running server, through real sockets.

mod latencies;
mod load;
mod report;

use std::time::Duration;

use clap::{Args, builder::NonEmptyStringValueParser};
use serde_json::value::RawValue;

use self::{load::Plan, report::Report};
use super::{output::Output, payload::read_payload, server_address::ServerAddress};
use crate::{
    error::{Error, ErrorKind, Result},
    protocol::MESSAGES_PER_SECOND,
};

/// Load a running server with requests and print how long they took.
///
/// Opens the connections, then submits at an even rate over all of them, whether the server keeps up or not: a latency counts
/// from the moment at which its request was to be submitted. Ends when all have ended, or after the time that they are given.
/// Exit code 0 when every request completed, 7 otherwise.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer bench --token-file token.jwt
  streamer bench --connections 1000 --rate 500 --duration 30s --payload '{\"to\":3}' --json")]
pub(super) struct Bench {
    #[command(flatten)]
    server: ServerAddress,
    /// What each request asks for: an action that is queued.
    #[arg(long, value_name = "ACTION", default_value = "count", value_parser = NonEmptyStringValueParser::new())]
    action: String,
    /// What it is to be done with: a JSON object, or @ and the file that holds one.
    #[arg(long, value_name = "JSON", default_value = "{\"to\":1}")]
    payload: String,
    /// How many connections submit.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    connections: u32,
    /// How many requests are submitted a second, over all connections.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    rate: u32,
    /// How long to submit.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    duration: Duration,
    /// The most requests to submit.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    requests: u32,
    /// How long the last requests may take to end, once all are submitted.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    drain: Duration,
}

impl Bench {
    pub(super) async fn run(self, output: &Output) -> Result<()> {
        let most = u64::from(self.connections) * u64::from(MESSAGES_PER_SECOND);
        if u64::from(self.rate) > most {
            return Err(Error::configuration(format!(
                "a server takes {MESSAGES_PER_SECOND} messages a second from a connection, so {most} from {} of them; give \
                 more `--connections` or a lower `--rate`",
                self.connections
            )));
        }
        let payload = read_payload(&self.payload)?;
        let payload = RawValue::from_string(payload.as_str().to_owned())
            .map_err(|error| Error::configuration("`--payload` is no JSON").caused_by(error))?;
        let in_time = f64::from(self.rate) * self.duration.as_secs_f64();
        let plan = Plan {
            connections: self.connections as usize,
            pause: Duration::from_secs(1) / self.rate,
            requests: (in_time.ceil() as u64).min(u64::from(self.requests)),
            drain: self.drain,
            action: self.action.clone(),
            payload,
        };
        let loaded = tokio::select! {
            loaded = plan.run(|| self.server.builder()) => loaded?,
            _ = tokio::signal::ctrl_c() => {
                return Err(Error::new(ErrorKind::Interrupted, "stopped; what was submitted goes on"));
            }
        };
        let report = Report::of(&plan, loaded);
        output.value(&report, Report::to_text)?;
        if report.has_all() {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::Unsuccessful, "not every request completed in time"))
        }
    }
}

fn duration(text: &str) -> std::result::Result<Duration, String> {
    const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
    let duration = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if duration.is_zero() || duration > LONGEST {
        Err("it has to be between 1ms and 1day".to_owned())
    } else {
        Ok(duration)
    }
}
