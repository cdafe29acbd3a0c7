//! How long single calls take: what half of them stay within, and all but one in a hundred.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

/// What the calls of one kind took, in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// What was called.
    pub call: String,
    /// Half of the calls took no longer.
    pub p50: f64,
    /// Of a hundred calls all but one took no longer.
    pub p99: f64,
}

/// Calls and what each took, in the order in which they were first made.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<(&'static str, Vec<Duration>)>);

impl Latencies {
    /// Awaits `future` and notes what it took as a call of this name.
    pub async fn time<F: Future>(&mut self, call: &'static str, future: F) -> F::Output {
        let began = Instant::now();
        let output = future.await;
        self.note(call, began.elapsed());
        output
    }

    /// Notes that a call of this name took so long.
    pub fn note(&mut self, call: &'static str, took: Duration) {
        match self.0.iter_mut().find(|(name, _)| *name == call) {
            Some((_, times)) => times.push(took),
            None => self.0.push((call, vec![took])),
        }
    }

    /// What the calls of each name took.
    pub fn summary(self) -> Vec<Latency> {
        let summary = |(call, mut times): (&str, Vec<Duration>)| {
            times.sort();
            Latency { call: call.to_owned(), p50: percentile(&times, 50), p99: percentile(&times, 99) }
        };
        self.0.into_iter().map(summary).collect()
    }
}

/// What `percent` of the times, which are sorted, do not exceed, in microseconds.
fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    mod latencies {
        use super::*;

        #[test]
        fn are_of_half_the_calls_and_of_all_but_one_in_a_hundred() {
            let mut latencies = Latencies::default();
            for micros in (1..=200).rev() {
                latencies.note("get", Duration::from_micros(micros));
            }
            latencies.note("put", Duration::from_micros(7));

            let summary = latencies.summary();

            let expected = [("get", 100.0, 198.0), ("put", 7.0, 7.0)];
            let found: Vec<_> = summary.iter().map(|one| (one.call.as_str(), one.p50, one.p99)).collect();
            assert_eq!(found, expected);
        }
    }
}
