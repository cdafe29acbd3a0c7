//! How long many of one kind took.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// An hour: what took longer counts as that.
const LONGEST_MICROS: u64 = 60 * 60 * 1_000_000;

/// Latencies, to three digits.
#[derive(Debug)]
pub(super) struct Latencies(Histogram<u64>);

/// What a report shows of them, in milliseconds.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Percentiles {
    pub(super) count: u64,
    pub(super) p50_ms: f64,
    pub(super) p90_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) max_ms: f64,
}

impl Latencies {
    pub(super) fn new() -> Self {
        match Histogram::new_with_bounds(1, LONGEST_MICROS, 3) {
            Ok(histogram) => Self(histogram),
            Err(_) => unreachable!("the bounds are in order and the digits are few"),
        }
    }

    pub(super) fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(LONGEST_MICROS);
        self.0.saturating_record(micros.clamp(1, LONGEST_MICROS));
    }

    pub(super) fn percentiles(&self) -> Percentiles {
        let milliseconds = |micros: u64| micros as f64 / 1000.0;
        Percentiles {
            count: self.0.len(),
            p50_ms: milliseconds(self.0.value_at_quantile(0.50)),
            p90_ms: milliseconds(self.0.value_at_quantile(0.90)),
            p99_ms: milliseconds(self.0.value_at_quantile(0.99)),
            max_ms: milliseconds(self.0.max()),
        }
    }
}
