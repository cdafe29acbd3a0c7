use std::fmt::Debug;

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

use crate::gate::Gate;

/// What workers say, in their log, that they have lost.
const LOSSES: [&str; 2] = ["the lease was lost; another worker goes on", "was cancelled"];

/// Listens to what workers say.
pub(crate) struct Overheard {
    pub(crate) gate: Gate,
}

impl Subscriber for Overheard {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with("streamer::worker")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut said = Said::default();
        event.record(&mut said);
        if LOSSES.contains(&&*said.message) {
            let name = format!("REQ#{}#{}", said.tenant_id, said.request_id);
            self.gate.histories(|histories| histories.told_of_loss(&name, said.attempt));
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Debug, Default)]
struct Said {
    message: String,
    tenant_id: String,
    request_id: String,
    attempt: u64,
}

impl Visit for Said {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "attempt" {
            self.attempt = value;
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "tenant_id" => self.tenant_id = format!("{value:?}"),
            "request_id" => self.request_id = format!("{value:?}"),
            _ => {}
        }
    }
}
