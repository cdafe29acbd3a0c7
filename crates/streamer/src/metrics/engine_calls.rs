//! Requests to the engine below the stores.

use std::sync::atomic::AtomicU64;

use dynamorm::ObservedRequest;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
};

use super::register::{Histograms, Register};

#[derive(Debug)]
pub(super) struct EngineCallMetrics {
    calls: Family<Outcome, Counter>,
    durations: Histograms<OfOperation>,
    retries: Family<OfOperation, Counter>,
    capacity: Family<OfOperation, Counter<f64, AtomicU64>>,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Outcome {
    operation: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct OfOperation {
    operation: &'static str,
}

impl EngineCallMetrics {
    pub(super) fn new(register: &mut Register) -> Self {
        Self {
            calls: register.counters(
                "streamer_engine_calls",
                &["operation", "outcome"],
                "Requests to the engine: `ok`, or the kind of the error; `condition_failed` is an ordinary answer",
            ),
            durations: register.quick(
                "streamer_engine_call_duration_seconds",
                &["operation"],
                "Time from a request to the engine until its answer was read, the engine's retries included",
            ),
            retries: register.counters(
                "streamer_engine_call_retries",
                &["operation"],
                "Times that a request was sent again below the stores",
            ),
            capacity: register.counters(
                "streamer_engine_consumed_capacity_units",
                &["operation"],
                "Capacity units that requests consumed, as their answers say; the embedded engine counts what DynamoDB would",
            ),
        }
    }

    pub(super) fn observe(&self, request: &ObservedRequest<'_>) {
        let operation = request.operation.name();
        let outcome = request.error.map_or("ok", |kind| kind.name());
        self.calls.get_or_create(&Outcome { operation, outcome }).inc();
        let of_operation = OfOperation { operation };
        self.durations.get_or_create(&of_operation).observe(request.duration.as_secs_f64());
        if request.attempts > 1 {
            self.retries.get_or_create(&of_operation).inc_by(u64::from(request.attempts - 1));
        }
        if let Some(units) = request.consumed_capacity {
            self.capacity.get_or_create(&of_operation).inc_by(units);
        }
    }
}
