//! What a worker does.

use std::time::{Duration, Instant};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

use super::{
    action_name::ActionName,
    register::{Histograms, Register},
};

#[derive(Debug)]
pub(crate) struct AttemptMetrics {
    begun: Family<OfAction, Counter>,
    ended: Family<Ended, Counter>,
    durations: Histograms<OfAction>,
    queue_delays: Histogram,
    in_flight: Gauge,
    concurrency: Gauge,
    lease_extensions_failed: Counter,
    leases_lost: Counter,
    claims_failed: Counter,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct OfAction {
    action: ActionName,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Ended {
    action: ActionName,
    outcome: &'static str,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum AttemptOutcome {
    /// The request has its result.
    Completed,
    /// The request failed, for good or with its last try.
    Failed,
    /// Another try follows.
    Retried,
    /// It was given back, because the worker stops.
    Released,
    /// A caller ended the request meanwhile.
    Cancelled,
    /// Another worker has it, or may.
    LeaseLost,
    /// The store did not take the end; another attempt follows once the lease has ended.
    Unwritten,
}

impl AttemptOutcome {
    fn name(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Retried => "retried",
            Self::Released => "released",
            Self::Cancelled => "cancelled",
            Self::LeaseLost => "lease_lost",
            Self::Unwritten => "unwritten",
        }
    }
}

/// An attempt that is counted as in flight until this is dropped.
#[derive(Debug)]
pub(crate) struct Attempt<'a> {
    metrics: &'a AttemptMetrics,
    action: ActionName,
    begun: Instant,
}

impl AttemptMetrics {
    pub(super) fn new(register: &mut Register) -> Self {
        Self {
            begun: register.counters(
                "streamer_attempts_begun",
                &["action"],
                "Attempts at requests that this process's worker began",
            ),
            ended: register.counters(
                "streamer_attempts_ended",
                &["action", "outcome"],
                "Attempts that ended: the request `completed` or `failed`, is `retried` later, was `released` by a stop, or `cancelled`; its lease was lost (`lease_lost`), or its end could not be written (`unwritten`)",
            ),
            durations: register.long(
                "streamer_attempt_duration_seconds",
                &["action"],
                "Time from an attempt's begin until its end was written",
            ),
            queue_delays: register.long_one(
                "streamer_queue_delay_seconds",
                "Time from a request's submission, or its `process_after`, until its first claim",
            ),
            in_flight: register.gauge("streamer_attempts_in_flight", "Attempts that are under way"),
            concurrency: register
                .gauge("streamer_worker_concurrency", "Attempts that the worker makes at a time at most"),
            lease_extensions_failed: register.counter(
                "streamer_lease_extensions_failed",
                "Heartbeats of held requests that the store did not take; they are tried again",
            ),
            leases_lost: register.counter(
                "streamer_leases_lost",
                "Leases that ended, or were another worker's, before the attempt was over",
            ),
            claims_failed: register
                .counter("streamer_claims_failed", "Looks for work that the store did not answer"),
        }
    }

    /// Counts an attempt that begins, of a request that has waited this long if it is its first.
    pub(crate) fn begins(&self, action: ActionName, delay: Option<Duration>) -> Attempt<'_> {
        self.begun.get_or_create(&OfAction { action: action.clone() }).inc();
        self.in_flight.inc();
        if let Some(delay) = delay {
            self.queue_delays.observe(delay.as_secs_f64());
        }
        Attempt { metrics: self, action, begun: Instant::now() }
    }

    pub(crate) fn works_on_so_many(&self, concurrency: usize) {
        self.concurrency.set(i64::try_from(concurrency).unwrap_or(i64::MAX));
    }

    pub(crate) fn fails_to_extend(&self) {
        self.lease_extensions_failed.inc();
    }

    pub(crate) fn fails_to_claim(&self) {
        self.claims_failed.inc();
    }
}

impl Attempt<'_> {
    pub(crate) fn ends(self, outcome: AttemptOutcome) {
        let action = self.action.clone();
        if outcome == AttemptOutcome::LeaseLost {
            self.metrics.leases_lost.inc();
        }
        let duration = self.begun.elapsed().as_secs_f64();
        self.metrics.durations.get_or_create(&OfAction { action: action.clone() }).observe(duration);
        self.metrics.ended.get_or_create(&Ended { action, outcome: outcome.name() }).inc();
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.metrics.in_flight.dec();
    }
}
