//! Reads how the queue stands, when somebody asks.

use std::time::{Duration, Instant};

use streamer_store::RequestQueue;
use tokio::{sync::Mutex, time::timeout};

use super::handle::Metrics;

/// How long a reading holds: however many ask, the queue is read this often at most.
const LASTS: Duration = Duration::from_secs(10);

/// How long a reading may take: half of the ten seconds that Prometheus waits for a scrape unless told otherwise, and
/// enough for the 300 queries of a queue with the most shards.
const PATIENCE: Duration = Duration::from_secs(5);

/// The readings of one queue.
#[derive(Debug)]
pub(crate) struct QueueReading {
    queue: RequestQueue,
    metrics: Metrics,
    last: Mutex<Option<Instant>>,
}

impl QueueReading {
    pub(crate) fn new(queue: RequestQueue, metrics: Metrics) -> Self {
        Self { queue, metrics, last: Mutex::default() }
    }

    /// Reads how the queue stands, unless that was done a moment ago. Takes five seconds at most, and never fails: what
    /// is not known is not shown.
    ///
    /// Three queries to a shard, and one more for every 4,000 open requests or so.
    pub(crate) async fn refresh(&self) {
        // Held while the store is read, so that whoever asks meanwhile gets the same answer.
        let mut last = self.last.lock().await;
        if last.is_some_and(|at| at.elapsed() < LASTS) {
            return;
        }
        // Before it is read: who does not wait for the answer does not have it read again and again.
        *last = Some(Instant::now());
        let queue = self.metrics.queue();
        match timeout(PATIENCE, self.queue.stats().of_open()).await {
            Ok(Ok(stats)) => {
                let now = self.queue.now();
                let oldest = stats.oldest_due.map(|due| now.saturating_duration_since(due));
                queue.show(&stats, oldest.unwrap_or_default());
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "the queue cannot be read for the metrics");
                queue.show_nothing();
            }
            Err(_) => {
                tracing::debug!("the queue cannot be read for the metrics in time");
                queue.show_nothing();
            }
        }
    }
}
