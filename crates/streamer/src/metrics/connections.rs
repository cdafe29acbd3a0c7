//! Clients' connections.

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
};

use super::register::Register;

#[derive(Debug)]
pub(crate) struct ConnectionMetrics {
    open: Gauge,
    accepted: Counter,
    refused: Family<Reason, Counter>,
    ended: Family<Reason, Counter>,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Reason {
    reason: &'static str,
}

/// A connection that is counted as open until this is dropped.
#[derive(Debug)]
pub(crate) struct OpenConnection {
    open: Gauge,
}

impl ConnectionMetrics {
    pub(super) fn new(register: &mut Register) -> Self {
        Self {
            open: register.gauge("streamer_connections", "WebSockets that are open"),
            accepted: register
                .counter("streamer_connections_accepted", "WebSockets that were opened, each stored before"),
            refused: register.counters(
                "streamer_connections_refused",
                &["reason"],
                "Handshakes that were refused: `token`, `handshake`, `full`, `user_limit`, `tenant_limit`, `stopping` or `store`",
            ),
            ended: register.counters(
                "streamer_connections_ended",
                &["reason"],
                "WebSockets that ended, by why: `closed` or `lost` by the client, `shutdown`, `token_ended`, `removed`, `silent`, `slow_reader`, `too_many_messages`, `too_large`, `not_text` or `protocol`",
            ),
        }
    }

    pub(crate) fn opens(&self) -> OpenConnection {
        self.accepted.inc();
        self.open.inc();
        OpenConnection { open: self.open.clone() }
    }

    pub(crate) fn refuses(&self, reason: &'static str) {
        self.refused.get_or_create(&Reason { reason }).inc();
    }

    pub(crate) fn ends(&self, reason: &'static str) {
        self.ended.get_or_create(&Reason { reason }).inc();
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.open.dec();
    }
}
