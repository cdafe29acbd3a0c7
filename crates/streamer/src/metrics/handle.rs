//! The one handle to all metrics of a process.

use std::{
    fmt::{self, Write as _},
    sync::Arc,
};

use dynamorm::{ObservedRequest, Observer};
use prometheus_client::{encoding::prometheus_text::encode, registry::Registry};

use super::{
    action_name::{ActionName, ActionNames},
    attempts::AttemptMetrics,
    connections::ConnectionMetrics,
    deliveries::DeliveryMetrics,
    engine_calls::EngineCallMetrics,
    messages::MessageMetrics,
    queue::QueueMetrics,
    register::{Description, Register},
};
use crate::protocol::Code;

/// The metrics of a server, of a worker, or of both in one process. Cheap to clone; clones count together.
///
/// As an [`Observer`] of the stores it counts their requests to the engine.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    described: Vec<Description>,
    actions: ActionNames,
    connections: ConnectionMetrics,
    messages: MessageMetrics,
    attempts: AttemptMetrics,
    deliveries: DeliveryMetrics,
    queue: QueueMetrics,
    engine_calls: EngineCallMetrics,
}

impl Metrics {
    /// Metrics of a process that has these actions: others are counted together, under no name.
    pub fn new(actions: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut register = Register::default();
        let connections = ConnectionMetrics::new(&mut register);
        let messages = MessageMetrics::new(&mut register);
        let attempts = AttemptMetrics::new(&mut register);
        let deliveries = DeliveryMetrics::new(&mut register);
        let queue = QueueMetrics::new(&mut register);
        let engine_calls = EngineCallMetrics::new(&mut register);
        let Register { registry, described } = register;
        Self(Arc::new(Inner {
            registry,
            described,
            actions: ActionNames::new(actions),
            connections,
            messages,
            attempts,
            deliveries,
            queue,
            engine_calls,
        }))
    }

    /// Writes all that is counted in Prometheus's text format, version 0.0.4. Sends nothing: how the queue stands is as it
    /// was when `/metrics` was asked for last.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        match encode(&mut text, &self.0.registry) {
            Ok(()) => text,
            Err(fmt::Error) => unreachable!("writing to a `String` cannot fail"),
        }
    }

    /// Lists every metric as a Markdown table, as `docs/metrics.md` has it.
    pub fn reference(&self) -> String {
        let mut table = String::from("| metric | type | labels | what it says |\n|---|---|---|---|\n");
        for Description { name, kind, labels, help } in &self.0.described {
            let labels = labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
            // Writing to a `String` cannot fail.
            let _ = writeln!(table, "| `{name}` | {kind} | {labels} | {help} |");
        }
        table
    }

    /// The name of an action as a label's value.
    pub(crate) fn action(&self, name: &str) -> ActionName {
        self.0.actions.named(name)
    }

    /// Counts a message that was refused before its action was looked for.
    pub(crate) fn refuses_message(&self, code: Code) {
        self.0.messages.refused(self.0.actions.other(), code);
    }

    pub(crate) fn connections(&self) -> &ConnectionMetrics {
        &self.0.connections
    }

    pub(crate) fn messages(&self) -> &MessageMetrics {
        &self.0.messages
    }

    pub(crate) fn attempts(&self) -> &AttemptMetrics {
        &self.0.attempts
    }

    pub(crate) fn deliveries(&self) -> &DeliveryMetrics {
        &self.0.deliveries
    }

    pub(super) fn queue(&self) -> &QueueMetrics {
        &self.0.queue
    }
}

impl Observer for Metrics {
    fn observe(&self, request: &ObservedRequest<'_>) {
        self.0.engine_calls.observe(request);
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("actions", &self.0.actions).finish_non_exhaustive()
    }
}
