use std::{io::IsTerminal as _, time::Duration};

use clap::Args;
use streamer_store::{AsyncRequest, RequestQueue, RequestStatus};
use tokio::time::{Instant, sleep};

use super::{
    super::{global::Global, output::Output, proceeding::Bar},
    sight::Sight,
    which::Which,
};
use crate::{
    database::{self, Absent},
    error::{Error, ErrorKind, Result},
};

/// More often it is not looked: each look is a read of the whole request.
const MIN_INTERVAL: Duration = Duration::from_millis(100);

/// How many looks in a row may fail for reasons that pass.
const MAX_FAILED_LOOKS: u32 = 5;

/// Show how a request proceeds until it ends: as a progress bar on a terminal, else a line for each change.
///
/// Exit code 0 when it completed, 7 when it failed or was cancelled, 8 when the time is up, 3 when it is not there, or not
/// any more. What is watched goes on when the command is ended.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer requests watch r-1 --tenant acme
  streamer requests watch r-1 --tenant acme --timeout 10m --json")]
pub(crate) struct Watch {
    #[command(flatten)]
    which: Which,
    /// How often to look: 100ms or more.
    #[arg(long, value_name = "INTERVAL", default_value = "1s", value_parser = interval)]
    interval: Duration,
    /// How long to watch at most, such as 10m; until the end unless given.
    #[arg(long, value_name = "DURATION", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
}

impl Watch {
    pub(super) async fn run(&self, global: &Global, output: &Output) -> Result<()> {
        let bar = (!output.is_json() && std::io::stdout().is_terminal()).then(Bar::new);
        let watched = tokio::select! {
            watched = self.watch(global, output, bar.as_ref()) => watched,
            _ = tokio::signal::ctrl_c() => {
                Err(Error::new(ErrorKind::Interrupted, format!("stopped watching {}; it goes on", self.which)))
            }
        };
        if let Some(bar) = &bar {
            bar.clear();
        }
        let end = watched?;
        match end.status {
            RequestStatus::Completed => Ok(()),
            status => Err(Error::new(ErrorKind::Unsuccessful, format!("{} is {status}", self.which))),
        }
    }

    /// The request as it ended.
    async fn watch(&self, global: &Global, output: &Output, bar: Option<&Bar>) -> Result<AsyncRequest> {
        let deadline = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut looks = Looks { global, kept: None, failed: 0 };
        let mut seen: Option<AsyncRequest> = None;
        loop {
            if let Some(request) = looks.look(&self.which).await? {
                let sight = Sight::of(&request);
                let is_end = !request.status.is_open();
                match bar {
                    // The last sight stays on the terminal.
                    Some(bar) if !is_end => bar.show(&sight.proceeding()),
                    Some(bar) => {
                        bar.clear();
                        output.line(&sight, Sight::to_line)?;
                    }
                    None if seen.as_ref().is_none_or(|seen| Sight::of(seen) != sight) => {
                        output.line(&sight, Sight::to_line)?;
                    }
                    None => {}
                }
                if is_end {
                    return Ok(request);
                }
                seen = Some(request);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(Error::new(ErrorKind::NotEnded, format!("{} has not ended in time", self.which)));
            }
            sleep(left.map_or(self.interval, |left| left.min(self.interval))).await;
        }
    }
}

/// Looks at a request again and again.
struct Looks<'a> {
    global: &'a Global,
    /// The queue, where it may be kept open between two looks.
    kept: Option<RequestQueue>,
    /// How many looks failed in a row.
    failed: u32,
}

impl Looks<'_> {
    /// The request; `None` where the look failed for a reason that passes.
    async fn look(&mut self, which: &Which) -> Result<Option<AsyncRequest>> {
        match self.try_look(which).await {
            Err(error) if error.is_retryable() && self.failed + 1 < MAX_FAILED_LOOKS => {
                self.failed += 1;
                tracing::warn!(%error, "the request cannot be read now; looking again");
                Ok(None)
            }
            looked => {
                self.failed = 0;
                looked.map(Some)
            }
        }
    }

    async fn try_look(&mut self, which: &Which) -> Result<AsyncRequest> {
        let requests = match &self.kept {
            Some(requests) => requests.clone(),
            None => self.open().await?,
        };
        requests.get_consistent(&which.key()).await.map_err(|error| which.failed(error))
    }

    async fn open(&mut self) -> Result<RequestQueue> {
        let db = database::connect(&self.global.db, Absent::Refuse).await?;
        let requests = self.global.stores(db).requests();
        // A file that is kept open would keep out the worker that is waited for.
        if !database::is_file(&self.global.db) {
            self.kept = Some(requests.clone());
        }
        Ok(requests)
    }
}

fn interval(text: &str) -> Result<Duration, String> {
    let interval = humantime::parse_duration(text).map_err(|error| error.to_string())?;
    if interval < MIN_INTERVAL {
        return Err("it is 100ms or more".to_owned());
    }
    Ok(interval)
}
