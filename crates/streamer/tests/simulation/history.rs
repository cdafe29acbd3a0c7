use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use dynamorm::Timestamp;
use serde_json::Value;

use crate::{
    process::Process,
    world::{CANCELLATION_TIME, LEASE},
};

/// So many claims in a row may pass over the requests of the lowest priority that are due: one dequeue in eight begins
/// with these, and that none of so many does happens by chance in one of a thousand million cases.
const MAX_PASSED_OVER: u32 = 160;

/// How long after its request was cancelled a handler may still run: until the lease ends by the worker's clock, the time
/// to notice, and some to be scheduled.
pub(crate) const GIVEN_UP_AFTER: Duration =
    Duration::from_secs(LEASE.as_secs() + CANCELLATION_TIME.as_secs() + 5);

/// The same after another worker has claimed it: some time to be scheduled.
const TAKEN_OVER_AFTER: Duration = Duration::from_secs(1);

/// What each request has been, as the engine had it after each write, and what was wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Histories {
    last: BTreeMap<String, Seen>,
    failure: Option<String>,
    /// Since when an attempt no longer holds its request, and whether another does.
    given_up: BTreeMap<Attempt, (Timestamp, bool)>,
    /// The attempts whose handlers were broken off since their worker stops in good order.
    stopped: BTreeSet<Attempt>,
    /// The attempt that ended a request, where one did.
    ended: BTreeMap<String, u64>,
    /// The claims that a worker was told of, and that are to be carried out.
    told: BTreeMap<Attempt, Process>,
    /// The attempts that a handler has begun.
    begun: BTreeSet<Attempt>,
    /// How many claims in a row have passed over requests of the lowest priority that are due.
    passed_over: u32,
    /// Whether clocks are further apart than the store allows, so that two may hold a request: one's writes count.
    may_overlap: bool,
}

/// A request's name and the number of the attempt.
type Attempt = (String, u64);

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
    pub(crate) visible_at: String,
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
            visible_at: text("visible_at"),
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
        if let Some(before) = &before {
            self.follow(name, before, &seen, holder.is_some(), now);
        }
        self.last.insert(name.to_owned(), seen.clone());
        Some(seen)
    }

    /// Notes what a step means for the attempts at the request, and for the requests that wait beside it.
    fn follow(&mut self, name: &str, before: &Seen, after: &Seen, is_by_holder: bool, now: Timestamp) {
        let attempt = (name.to_owned(), before.attempt);
        let is_claimed = after.attempt != before.attempt;
        if before.status == "PROCESSING" && (after.status != "PROCESSING" || is_claimed) {
            self.given_up.entry(attempt.clone()).or_insert((now, is_claimed));
            if is_by_holder && after.status != "PENDING" && self.stopped.contains(&attempt) {
                self.fail(format!("{name}: {} by a worker that stopped in good order", after.status));
            }
        }
        if after.is_open() {
            self.ended.remove(name);
        } else if is_by_holder && before.is_open() {
            self.ended.insert(name.to_owned(), after.attempt);
        }
        if is_claimed {
            self.pass_over(name, now);
        }
    }

    /// Counts what a claim leaves waiting.
    fn pass_over(&mut self, claimed: &str, now: Timestamp) {
        let now = now.to_string();
        let is_low = |seen: &Seen| seen.partition.starts_with("OPEN#low#");
        let is_waiting =
            |seen: &Seen| matches!(&*seen.status, "PENDING" | "RETRYING") && seen.visible_at <= now;
        let mut others = self.last.iter().filter(|(name, _)| *name != claimed);
        let waiting = others.find(|(_, seen)| is_low(seen) && is_waiting(seen)).map(|(name, _)| name.clone());
        match waiting {
            Some(waiting) if !self.last.get(claimed).is_some_and(is_low) => {
                self.passed_over += 1;
                if self.passed_over > MAX_PASSED_OVER {
                    self.fail(format!("{waiting}: {} claims passed over its priority", self.passed_over));
                }
            }
            _ => self.passed_over = 0,
        }
    }

    /// How many requests of high priority wait.
    pub(crate) fn waiting_at_high_priority(&self) -> u64 {
        let is_waiting = |seen: &&Seen| seen.status == "PENDING" && seen.partition.starts_with("OPEN#high#");
        self.last.values().filter(is_waiting).count() as u64
    }

    /// Checks that a handler may still run: one whose request was lost is broken off in time.
    pub(crate) fn goes_on(&mut self, name: &str, attempt: u64, now: Timestamp) {
        let Some(&(since, is_taken_over)) = self.given_up.get(&(name.to_owned(), attempt)) else { return };
        let (limit, wrong) = if is_taken_over && !self.may_overlap {
            (TAKEN_OVER_AFTER, "two workers carry it out")
        } else {
            (GIVEN_UP_AFTER, "its handler goes on long after it was lost")
        };
        if now.saturating_duration_since(since) > limit {
            self.fail(format!("{name}: {wrong}"));
        }
    }

    /// Notes that a worker was told that it has made a claim.
    pub(crate) fn told_of_claim(&mut self, name: &str, lease: &str, process: &Process) {
        if let Some(seen) = self.last.get(name).filter(|seen| seen.lease_id == lease) {
            self.told.insert((name.to_owned(), seen.attempt), process.clone());
        }
    }

    /// Notes that a handler has begun with an attempt.
    pub(crate) fn begun(&mut self, name: &str, attempt: u64) {
        self.begun.insert((name.to_owned(), attempt));
    }

    /// Notes that a handler was broken off since its worker stops.
    pub(crate) fn stopped(&mut self, name: &str, attempt: u64) {
        self.stopped.insert((name.to_owned(), attempt));
    }

    /// Checks that a handler was rightly broken off since the request was lost: without faults no lease is.
    pub(crate) fn lost(&mut self, name: &str, attempt: u64, is_calm: bool) {
        let is_held =
            self.last(name).is_some_and(|seen| seen.status != "CANCELLED" && seen.attempt == attempt);
        if is_calm && is_held && !self.may_overlap {
            self.fail(format!("{name}: its lease was lost without a fault"));
        }
    }

    /// Checks what a worker says that it has lost: it has not ended that request itself.
    pub(crate) fn told_of_loss(&mut self, name: &str, attempt: u64) {
        if self.ended.get(name) == Some(&attempt) {
            self.fail(format!("{name}: its holder ended it, and is told that it is lost"));
        }
    }

    /// Checks that all claims that workers were told of are carried out, unless the worker crashed.
    pub(crate) fn check_claims(&mut self) {
        let forgotten = self
            .told
            .iter()
            .find(|(attempt, process)| !process.is_crashed() && !self.begun.contains(attempt));
        if let Some(((name, _), process)) = forgotten {
            let failure = format!("{name}: {} claimed it, and has forgotten it", process.name());
            self.fail(failure);
        }
    }

    /// Checks that an item is as it was last seen.
    pub(crate) fn check_kept(&mut self, name: &str, item: Option<&Value>) {
        if item.map(Seen::of).as_ref() != self.last.get(name) {
            self.fail(format!("{name}: it is not as it was before the engine was closed"));
        }
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
