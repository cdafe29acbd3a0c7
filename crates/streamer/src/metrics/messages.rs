//! Clients' messages, their answers, and what they submit.

use std::time::Duration;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
};

use super::{
    action_name::ActionName,
    register::{Histograms, Register},
};
use crate::protocol::Code;

#[derive(Debug)]
pub(crate) struct MessageMetrics {
    messages: Family<Outcome, Counter>,
    answers: Histograms<OfAction>,
    acknowledged: Family<Acknowledged, Counter>,
    submissions: Histograms<OfAction>,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Outcome {
    action: ActionName,
    outcome: &'static str,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct OfAction {
    action: ActionName,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Acknowledged {
    action: ActionName,
    kind: &'static str,
}

impl MessageMetrics {
    pub(super) fn new(register: &mut Register) -> Self {
        Self {
            messages: register.counters(
                "streamer_messages",
                &["action", "outcome"],
                "Clients' messages by what they were answered with: `accepted`, or the protocol's error code",
            ),
            answers: register.quick(
                "streamer_answer_duration_seconds",
                &["action"],
                "Time from a message to its answer, what the store takes included",
            ),
            acknowledged: register.counters(
                "streamer_submissions_acknowledged",
                &["action", "kind"],
                "Requests that clients were told are queued: `new`, or the `replay` of one that was stored before",
            ),
            submissions: register.quick(
                "streamer_submission_duration_seconds",
                &["action"],
                "Time that it took to store a request, up to its durability",
            ),
        }
    }

    /// Counts a message whose action was done, or refused by this code.
    pub(crate) fn answered(&self, action: &ActionName, code: Option<Code>, duration: Duration) {
        self.count(action.clone(), code.map_or("accepted", Code::as_str));
        self.answers.get_or_create(&OfAction { action: action.clone() }).observe(duration.as_secs_f64());
    }

    /// Counts a message that was refused before its action was looked for.
    pub(super) fn refused(&self, action: ActionName, code: Code) {
        self.count(action, code.as_str());
    }

    /// Counts a request that is stored: anew, or before already.
    pub(crate) fn submitted(&self, action: &ActionName, is_replay: bool, duration: Duration) {
        let kind = if is_replay { "replay" } else { "new" };
        self.acknowledged.get_or_create(&Acknowledged { action: action.clone(), kind }).inc();
        self.submissions.get_or_create(&OfAction { action: action.clone() }).observe(duration.as_secs_f64());
    }

    fn count(&self, action: ActionName, outcome: &'static str) {
        self.messages.get_or_create(&Outcome { action, outcome }).inc();
    }
}
