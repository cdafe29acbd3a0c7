use std::collections::BTreeMap;

use dynamorm::Timestamp;
use serde_json::Value;

/// What each request has been, as the engine had it after each write, and what was wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    last: BTreeMap<String, Seen>,
    failure: Option<String>,
    /// Whether clocks are further apart than the store allows, so that two may hold a request: one's writes count.
    may_overlap: bool,
}

/// What is looked at of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) status: String,
    pub(crate) lease_id: String,
    pub(crate) attempt: u64,
    pub(crate) tries: u64,
    pub(crate) progress: u64,
    pub(crate) lease_until: String,
    pub(crate) ended: String,
    pub(crate) has_ttl: bool,
    pub(crate) partition: String,
}

impl Seen {
    fn of(item: &Value) -> Self {
        let text = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
        let number = |name: &str| item[name]["N"].as_str().unwrap_or_default().parse().unwrap_or_default();
        Self {
            status: text("status"),
            lease_id: text("lease_id"),
            attempt: number("attempt"),
            tries: number("tries"),
            progress: number("progress"),
            lease_until: text("lease_until"),
            ended: text("processing_ended"),
            has_ttl: item.get("ttl").is_some(),
            partition: text("status_shard"),
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(&*self.status, "PENDING" | "RETRYING" | "PROCESSING")
    }
}

impl Histories {
    pub(crate) fn failure(&self) -> Option<String> {
        self.failure.clone()
    }

    pub(crate) fn fail(&mut self, failure: String) {
        self.failure.get_or_insert(failure);
    }

    pub(crate) fn let_holders_overlap(&mut self) {
        self.may_overlap = true;
    }

    pub(crate) fn last(&self, name: &str) -> Option<&Seen> {
        self.last.get(name)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &Seen)> {
        self.last.iter()
    }

    /// Notes what an item has become by `now`, by a write of `holder`'s lease if it was a holder's, and checks that it may.
    pub(crate) fn note(
        &mut self,
        name: &str,
        item: Option<&Value>,
        holder: Option<&str>,
        now: Timestamp,
    ) -> Option<Seen> {
        let before = self.last.get(name).cloned();
        let Some(item) = item else {
            if before.is_some() {
                self.fail(format!("{name} is gone"));
            }
            return None;
        };
        let seen = Seen::of(item);
        let is_fenced = match (holder, &before) {
            (Some(holder), Some(before)) => *before == seen || before.lease_id == holder,
            _ => true,
        };
        let wrong = wrong(before.as_ref(), &seen);
        let wrong = wrong.or((!is_fenced).then_some("written by who does not hold it"));
        let is_reopened = before.as_ref().is_some_and(|before| !before.is_open() && seen.is_open());
        let wrong = wrong.or((is_reopened && holder.is_some()).then_some("reopened by who held it"));
        // No holder's clock is behind the true one: by its own, too, its lease has ended.
        let is_held = before.as_ref().is_some_and(|before| {
            !self.may_overlap
                && before.status == "PROCESSING"
                && seen.attempt != before.attempt
                && *before.lease_until > *now.to_string()
        });
        if let Some(wrong) = wrong.or(is_held.then_some("claimed while another holds it")) {
            self.fail(format!("{name}: {wrong}\n  before {before:?}\n  after  {seen:?}"));
        }
        self.last.insert(name.to_owned(), seen.clone());
        Some(seen)
    }
}

/// What is wrong with a step, if anything.
fn wrong(before: Option<&Seen>, after: &Seen) -> Option<&'static str> {
    let Some(before) = before else {
        return (after.status != "PENDING" || after.attempt != 0)
            .then_some("it begins otherwise than pending");
    };
    let is_legal = match (&*before.status, &*after.status) {
        (from, to) if from == to => true,
        ("PENDING" | "RETRYING", "PROCESSING" | "CANCELLED" | "FAILED") => true,
        ("PROCESSING", "COMPLETED" | "FAILED" | "CANCELLED" | "RETRYING" | "PENDING") => true,
        ("COMPLETED" | "FAILED" | "CANCELLED", "PENDING") => true,
        _ => false,
    };
    let is_requeued = !before.is_open() && after.status == "PENDING";
    let is_claimed = after.attempt != before.attempt;
    if !is_legal {
        return Some("an illegal transition");
    }
    if !before.is_open() && !is_requeued && before != after {
        return Some("it changed after its end");
    }
    if after.is_open() == after.has_ttl {
        return Some("it expires while it is open, or never after its end");
    }
    if after.is_open() != after.partition.starts_with("OPEN#") {
        return Some("it is in the wrong partition of the status index");
    }
    if is_claimed && (after.attempt != before.attempt + 1 || after.tries != before.tries + 1) {
        return Some("a claim that does not count by one");
    }
    if is_claimed && after.lease_id == before.lease_id {
        return Some("a claim by a lease that was there before");
    }
    if !is_claimed && after.status == "PROCESSING" && after.lease_id != before.lease_id {
        return Some("another holder without a claim");
    }
    let is_released = before.status == "PROCESSING" && after.status == "PENDING";
    if is_released && (after.attempt != before.attempt || after.tries + 1 != before.tries) {
        return Some("a try that was given back counts");
    }
    if !is_requeued && after.progress < before.progress {
        return Some("its progress fell");
    }
    None
}
