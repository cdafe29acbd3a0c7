//! What clients are told of the requests that they wait for.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

use super::register::Register;

#[derive(Debug)]
pub(crate) struct DeliveryMetrics {
    delivered: Family<Event, Counter>,
    awaited: Gauge,
    catch_ups: Histogram,
    catch_ups_failed: Counter,
    subscription_looks: Histogram,
    subscription_looks_failed: Counter,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Event {
    event: &'static str,
}

impl DeliveryMetrics {
    pub(super) fn new(register: &mut Register) -> Self {
        Self {
            delivered: register.counters(
                "streamer_deliveries",
                &["event"],
                "Events that were written to a client's socket: `progress`, `completed`, `failed`, `cancelled` or `gone`",
            ),
            awaited: register
                .gauge("streamer_awaited_requests", "Requests that at least one connection waits for"),
            catch_ups: register.quick_one(
                "streamer_catch_up_duration_seconds",
                "Time of one look at the store for all requests that are waited for",
            ),
            catch_ups_failed: register
                .counter("streamer_catch_ups_failed", "Looks at the store for them that it did not answer, or not for all"),
            subscription_looks: register.quick_one(
                "streamer_subscription_look_duration_seconds",
                "Time of one look at the store for the subscriptions of all connections: a hundred take a second at least",
            ),
            subscription_looks_failed: register.counter(
                "streamer_subscription_looks_failed",
                "Looks at the store for them in which it did not answer, or something could not be read",
            ),
        }
    }

    pub(crate) fn delivers(&self, event: &'static str) {
        self.delivered.get_or_create(&Event { event }).inc();
    }

    pub(crate) fn awaits(&self, requests: usize) {
        self.awaited.set(i64::try_from(requests).unwrap_or(i64::MAX));
    }

    pub(crate) fn found_subscriptions(&self, is_good: bool, duration: Duration) {
        self.subscription_looks.observe(duration.as_secs_f64());
        if !is_good {
            self.subscription_looks_failed.inc();
        }
    }

    pub(crate) fn caught_up(&self, is_good: bool, duration: Duration) {
        self.catch_ups.observe(duration.as_secs_f64());
        if !is_good {
            self.catch_ups_failed.inc();
        }
    }
}
