//! The handler of `generate_report`.

use std::{path::Path, time::Duration};

use tokio::{task::spawn_blocking, time::Instant};

use super::{
    checkpoint::ReportCheckpoint,
    reading::{Reading, SliceEnd},
    report::Report,
    request::ReportRequest,
    source::DataDirectory,
};
use crate::{
    error::Result,
    handler::{Context, Handler, HandlerError},
    protocol::Failure,
};

/// How often a checkpoint is kept: one write each time, against the work that a crash costs.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(5);

/// How long one attempt may take. The next one goes on where its last checkpoint is.
const TIME_LIMIT: Duration = Duration::from_secs(60 * 60);

/// Groups the rows of a CSV or JSON lines file by one column, and sums up another one.
///
/// The file lies in the data directory, which all tenants share. It is read as a stream: a file may be larger than
/// memory. An attempt that is broken off is gone on with from its last checkpoint, unless the file changed.
#[derive(Clone, Debug)]
pub struct GenerateReport {
    directory: DataDirectory,
    checkpoint_interval: Duration,
}

impl GenerateReport {
    /// Makes reports from the files below a directory. It is opened once: what its path leads to later does not matter.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when it is no directory that can be opened.
    pub fn new(data_dir: &Path) -> Result<Self> {
        Ok(Self { directory: DataDirectory::open(data_dir)?, checkpoint_interval: CHECKPOINT_INTERVAL })
    }

    async fn begin(
        &self,
        request: &ReportRequest,
        context: &Context,
    ) -> std::result::Result<Reading, HandlerError> {
        let source =
            request.check().map_err(|failure| HandlerError::fail(failure.message).with_code(failure.code))?;
        // One that does not fit is of another version of this program: the file is still there to be read anew.
        let checkpoint = context.checkpoint::<ReportCheckpoint>().unwrap_or_default();
        let (directory, request) = (self.directory.clone(), request.clone());
        on_a_thread(move || {
            let file = directory.open_file(&source)?;
            Reading::begin(file, source.format, &request, checkpoint)
        })
        .await
    }
}

impl Handler for GenerateReport {
    type Payload = ReportRequest;
    type Output = Report;

    fn action(&self) -> &str {
        "generate_report"
    }

    fn validate(&self, request: &ReportRequest) -> std::result::Result<(), Failure> {
        request.check().map(drop)
    }

    fn time_limit(&self) -> Duration {
        TIME_LIMIT
    }

    async fn handle(
        &self,
        request: ReportRequest,
        context: &Context,
    ) -> std::result::Result<Report, HandlerError> {
        let mut reading = self.begin(&request, context).await?;
        let mut kept = Instant::now();
        loop {
            let wanted_by = context.clone();
            let (slice_end, read) = on_a_thread(move || {
                let slice_end = reading.read_slice(|| wanted_by.is_cancelled())?;
                Ok((slice_end, reading))
            })
            .await?;
            reading = read;
            show_progress(&reading, context);
            match slice_end {
                SliceEnd::More => {}
                SliceEnd::EndOfFile => return Report::of(request.source, reading.into_tally()),
                SliceEnd::Cancelled => return Err(HandlerError::retry("the report was given up")),
            }
            if kept.elapsed() >= self.checkpoint_interval {
                if let Some(checkpoint) = reading.checkpoint().to_json() {
                    context.save_checkpoint(&checkpoint).await?;
                }
                kept = Instant::now();
            }
        }
    }
}

/// Runs what blocks. If the future is dropped meanwhile, it ends by itself: a slice is short.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, HandlerError> + Send + 'static,
) -> std::result::Result<T, HandlerError> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(HandlerError::retry("the reading of `source` broke off")))
}

fn show_progress(reading: &Reading, context: &Context) {
    const MEGABYTE: f64 = 1e6;

    let (read, length) = reading.bytes();
    let percentage = u128::from(read) * 100 / u128::from(length.max(1));
    context.progress_with_message(
        u8::try_from(percentage).unwrap_or(100),
        format!("read {:.1} of {:.1} MB", read as f64 / MEGABYTE, length as f64 / MEGABYTE),
    );
}

#[cfg(test)]
mod tests;
