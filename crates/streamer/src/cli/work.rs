//! `streamer work`: carries queued requests out, and serves no clients.

use std::sync::Arc;

use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{global::Global, monitoring::MonitoringFlags, output::Output, worker_flags::WorkerFlags};
use crate::{
    database,
    error::{Error, ErrorKind, Result},
    handler::Handlers,
    metrics::Metrics,
    server::Monitor,
    signal::stop_signal,
    worker::Worker,
};

/// Carry queued requests out, and serve no clients.
///
/// Any number of these work on one queue, beside the servers' own workers. An embedded database is worked on through the
/// server that holds it: until there is one, and while it is away, this waits. SIGTERM, SIGINT and SIGHUP stop it: what it
/// holds has the time of `--grace` to end, the rest is given back and its try not counted. A second signal ends it at once.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer work
  streamer work --db dynamodb://eu-west-1 --concurrency 64
  streamer work --data-dir /srv/reports --lease 2m")]
pub(super) struct Work {
    #[command(flatten)]
    worker: WorkerFlags,
    #[command(flatten)]
    monitoring: MonitoringFlags,
}

impl Work {
    pub(super) async fn run(self, global: &Global, output: &Output, handlers: Handlers) -> Result<()> {
        let stop = stop_signal()?;
        let Some(options) = self.worker.options() else {
            return Err(Error::configuration(
                "`--concurrency 0` is for `streamer serve`: a worker carries something out",
            ));
        };
        let handlers = self.worker.handlers(handlers)?;
        let listener = self.monitoring.listener().await?;
        let address = match listener.as_ref().map(TcpListener::local_addr).transpose() {
            Ok(address) => address,
            Err(error) => {
                let text = "the address of the metrics is not known";
                return Err(Error::new(ErrorKind::AddressUnusable, text).caused_by(error));
            }
        };
        // It answers from here on: there may be no database to work on for long.
        let metrics = Metrics::new(handlers.actions());
        let monitor = Arc::new(Monitor::new(metrics.clone(), stop.clone()));
        let unmonitored = CancellationToken::new();
        let _unmonitored = unmonitored.clone().drop_guard();
        if let Some(listener) = listener {
            tokio::spawn(Arc::clone(&monitor).serve(listener, unmonitored));
        }
        let Some(db) = stop.run_until_cancelled(database::through_holder(&global.db)).await else {
            return Ok(());
        };
        let stores = global.stores_of_queue(db?).await?.with_observer(Arc::new(metrics.clone()));
        monitor.watch(&stores);
        let metrics_url = address.map(|address| format!("http://{address}/metrics"));
        let name = Uuid::now_v7().to_string();
        if output.is_json() {
            let mut announcement = json!({ "worker": name, "concurrency": options.concurrency });
            if let Some(metrics_url) = metrics_url {
                announcement["metricsUrl"] = metrics_url.into();
            }
            output.text(&announcement.to_string())?;
        } else {
            let mut text = format!("Working as {name}, on {} requests at a time\n", options.concurrency);
            if let Some(metrics_url) = metrics_url {
                text.push_str(&format!("Metrics: {metrics_url}\n"));
            }
            output.text(&text)?;
        }
        Worker::new(stores.requests(), handlers, name, options)?.with_metrics(metrics).run(stop).await;
        Ok(())
    }
}
