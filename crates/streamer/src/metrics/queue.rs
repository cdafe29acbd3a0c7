//! How the queue stands, all processes' requests together.

use std::{sync::atomic::AtomicU64, time::Duration};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
};
use streamer_store::{QueueStats, RequestStatus};

use super::register::Register;

/// Labels of what has none, and is not always shown.
type NoLabels = [(&'static str, &'static str); 0];

#[derive(Debug)]
pub(super) struct QueueMetrics {
    open: Family<Status, Gauge>,
    oldest_due: Family<NoLabels, Gauge<f64, AtomicU64>>,
    leases_ending: Family<NoLabels, Gauge>,
    readings_failed: Counter,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Status {
    status: &'static str,
}

impl QueueMetrics {
    pub(super) fn new(register: &mut Register) -> Self {
        Self {
            open: register.gauges(
                "streamer_open_requests",
                &["status"],
                "Requests in the store that have not ended: `pending`, `retrying` or `processing`",
            ),
            oldest_due: register.gauges(
                "streamer_oldest_due_age_seconds",
                &[],
                "For how long the request is due that is due for the longest; 0 if none is",
            ),
            leases_ending: register.gauges(
                "streamer_leases_ending",
                &[],
                "Leases in the store that have ended and were not taken over, or end within 10 seconds",
            ),
            readings_failed: register.counter(
                "streamer_queue_readings_failed",
                "Readings of the queue that the store did not answer in time; what they would say is then not shown",
            ),
        }
    }

    /// Shows how the queue stands, and how long its oldest request is due.
    pub(super) fn show(&self, stats: &QueueStats, oldest_due: Duration) {
        for (status, name) in [
            (RequestStatus::Pending, "pending"),
            (RequestStatus::Retrying, "retrying"),
            (RequestStatus::Processing, "processing"),
        ] {
            self.open.get_or_create(&Status { status: name }).set(shown(stats.count(status)));
        }
        self.oldest_due.get_or_create(&[]).set(oldest_due.as_secs_f64());
        self.leases_ending.get_or_create(&[]).set(shown(stats.leases_ending));
    }

    /// Shows nothing, because nothing is known: an old count would look like one of now.
    pub(super) fn show_nothing(&self) {
        self.readings_failed.inc();
        self.open.clear();
        self.oldest_due.clear();
        self.leases_ending.clear();
    }
}

fn shown(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::prometheus_text::encode;

    use super::*;

    #[test]
    fn what_is_no_longer_known_is_no_longer_shown() {
        let mut register = Register::default();
        let queue = QueueMetrics::new(&mut register);
        let shown = || {
            let mut text = String::new();
            encode(&mut text, &register.registry).unwrap();
            ["streamer_open_requests{", "streamer_oldest_due_age_seconds ", "streamer_leases_ending "]
                .map(|series| text.lines().any(|line| line.starts_with(series)))
        };
        let before = shown();

        queue.show(&QueueStats::default(), Duration::from_secs(3));
        let known = shown();
        queue.show_nothing();

        assert_eq!((before, known, shown()), ([false; 3], [true; 3], [false; 3]));
    }
}
