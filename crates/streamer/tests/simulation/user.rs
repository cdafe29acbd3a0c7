use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use streamer::worker::Wake;
use streamer_store::{ErrorKind, Priority, RequestKey, RequestQueue, Submission};

use crate::{dice::Dice, handler::Kind, time::Time};

/// How many requests of high priority wait while there is no end of them: more than all workers take together.
const FLOOD_BACKLOG: u64 = 12;

/// How many of them are submitted together: workers are not to be faster.
const FLOOD_TOGETHER: u64 = 6;

/// The tenant whose requests have no end.
pub(crate) const FLOODING_TENANT: &str = "flood";

/// The requests that were acknowledged, by their names.
pub(crate) type Acknowledged = Arc<Mutex<BTreeSet<String>>>;

/// The workers that hear at once of what was done in their process.
pub(crate) type Wakes = Arc<Mutex<Vec<Wake>>>;

/// Who submits requests.
pub(crate) struct User {
    pub(crate) queue: RequestQueue,
    pub(crate) tenant: &'static str,
    pub(crate) dice: Dice,
    pub(crate) time: Time,
    pub(crate) acknowledged: Acknowledged,
    pub(crate) wakes: Wakes,
}

impl User {
    /// Submits `count` requests, some twice, and now and then cancels or requeues one.
    pub(crate) async fn submit(self, count: u64) {
        for number in 0..count {
            let priority = Priority::ALL[usize::try_from(self.dice.below(3)).unwrap()];
            let max_retries = u32::try_from(self.dice.below(4)).unwrap();
            let kind = Kind::ALL[usize::try_from(self.dice.below(4)).unwrap()];
            for _ in 0..=self.dice.below(2) {
                self.enqueue(number, kind, priority, max_retries).await;
            }
            self.time.sleep(Duration::from_millis(self.dice.below(8_000))).await;
            self.meddle(self.dice.below(number + 1)).await;
        }
    }

    /// Submits `count` requests that take longer than a lease.
    pub(crate) async fn submit_long(self, count: u64) {
        for number in 0..count {
            self.enqueue(number, Kind::Long, Priority::Normal, 3).await;
        }
    }

    /// Submits requests of high priority for as long as it is to.
    pub(crate) async fn flood(self, waiting: impl Fn() -> u64, is_over: Arc<AtomicBool>) {
        let mut number = 0;
        while !is_over.load(Ordering::Relaxed) {
            if waiting() < FLOOD_BACKLOG {
                let numbers = number..number + FLOOD_TOGETHER;
                join_all(numbers.map(|number| self.enqueue(number, Kind::Quick, Priority::High, 3))).await;
                number += FLOOD_TOGETHER;
            } else {
                self.time.sleep(Duration::from_millis(10)).await;
            }
        }
    }

    async fn enqueue(&self, number: u64, kind: Kind, priority: Priority, max_retries: u32) {
        let id = format!("r-{number}");
        let submission = Submission::new(self.tenant, "ann", kind.action())
            .id(id.as_str())
            .priority(priority)
            .max_retries(max_retries);
        match self.queue.enqueue(submission).await {
            Ok(_) => {
                self.acknowledged.lock().unwrap().insert(format!("REQ#{}#{id}", self.tenant));
                self.tell_one(Wake::has_work);
            }
            Err(error) => assert!(error.is_retryable(), "{error}"),
        }
    }

    /// Cancels a request, or requeues it, or leaves it as it is.
    async fn meddle(&self, number: u64) {
        let key = RequestKey::new(self.tenant, format!("r-{number}"));
        let meddled = match self.dice.below(8) {
            0 | 1 => {
                let cancelled = self.queue.cancel(&key).await;
                self.tell_one(|wake| wake.has_ended(&key));
                cancelled
            }
            2 => self.queue.requeue(&key).await,
            _ => Ok(()),
        };
        if let Err(error) = meddled {
            let is_expected = matches!(
                error.kind(),
                ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::IllegalTransition { .. }
            );
            assert!(is_expected || error.is_retryable(), "{error}");
        }
    }

    /// Tells a worker of what was done, half the time: as if it were of the same process.
    fn tell_one(&self, tell: impl FnOnce(&Wake)) {
        let wakes = self.wakes.lock().unwrap();
        if self.dice.once_in(2) && !wakes.is_empty() {
            tell(&wakes[usize::try_from(self.dice.below(wakes.len() as u64)).unwrap()]);
        }
    }
}
