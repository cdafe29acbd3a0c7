//! `streamer work`: carries queued requests out, and serves no clients.

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use super::{global::Global, output::Output, worker_flags::WorkerFlags};
use crate::{
    database,
    error::{Error, Result},
    signal::stop_signal,
    worker::Worker,
};

/// Carry queued requests out, and serve no clients.
///
/// Any number of these work on one queue, beside the servers' own workers. An embedded database is worked on through the
/// server that holds it: until there is one, and while it is away, this waits. SIGTERM, SIGINT and SIGHUP stop it: what it
/// holds has 15 seconds to end, the rest is given back and its try not counted. A second signal ends it at once.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer work
  streamer work --db dynamodb://eu-west-1 --concurrency 64
  streamer work --data-dir /srv/reports --lease 2m")]
pub(super) struct Work {
    #[command(flatten)]
    worker: WorkerFlags,
}

impl Work {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        let stop = stop_signal()?;
        let Some(options) = self.worker.options() else {
            return Err(Error::configuration(
                "`--concurrency 0` is for `streamer serve`: a worker carries something out",
            ));
        };
        let handlers = self.worker.handlers()?;
        let Some(db) = stop.run_until_cancelled(database::through_holder(&global.db)).await else {
            return Ok(());
        };
        let stores = global.stores_of_queue(db?).await?;
        let name = Uuid::now_v7().to_string();
        if output.is_json() {
            output.text(&json!({ "worker": name, "concurrency": options.concurrency }).to_string())?;
        } else {
            output.text(&format!("Working as {name}, on {} requests at a time\n", options.concurrency))?;
        }
        Worker::new(stores.requests(), handlers, name, options).run(stop).await;
        Ok(())
    }
}
