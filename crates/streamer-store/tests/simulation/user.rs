use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
};

use streamer_store::{ErrorKind, Json, Priority, RequestKey, RequestQueue, Submission};

use crate::{dice::Dice, gate::Gate, wait::Turn};

/// The requests that were acknowledged.
pub(crate) type Acknowledged = Rc<RefCell<BTreeSet<RequestKeyText>>>;

/// A key as text: sorts.
pub(crate) type RequestKeyText = (String, String);

/// The tenant whose work has no end.
pub(crate) const ENDLESS: &str = "endless";

/// How many of its requests wait at least.
const WAITING: usize = 6;

/// Submits requests of high priority for ever: as soon as a few do not wait any more, others do.
pub(crate) async fn submit_without_end(queue: RequestQueue, gate: Gate, stop: Rc<Cell<bool>>) {
    let mut number = 0_u64;
    while !stop.get() {
        let waiting = gate.histories(|histories| {
            let names = histories.all().filter(|(name, _)| name.starts_with(&format!("REQ#{ENDLESS}#")));
            names.filter(|(_, seen)| seen.status == "PENDING").count()
        });
        if waiting >= WAITING {
            Turn::default().await;
            continue;
        }
        let submission = Submission::new(ENDLESS, "bob", "count")
            .id(number.to_string())
            .payload(Json::empty())
            .priority(Priority::High);
        match queue.enqueue(submission).await {
            Ok(_) => number += 1,
            Err(error) => assert!(error.is_retryable(), "{error}"),
        }
    }
}

/// Submits `count` requests, some twice, and now and then cancels or requeues one.
pub(crate) async fn submit(
    queue: RequestQueue,
    tenant: &'static str,
    count: u64,
    dice: Dice,
    acknowledged: Acknowledged,
) {
    for number in 0..count {
        let id = format!("r-{number}");
        let priority = Priority::ALL[usize::try_from(dice.below(3)).unwrap()];
        let max_retries = u32::try_from(dice.below(4)).unwrap();
        for _ in 0..=dice.below(2) {
            let submission = Submission::new(tenant, "ann", "count")
                .id(id.as_str())
                .payload(Json::empty())
                .priority(priority)
                .max_retries(max_retries);
            match queue.enqueue(submission).await {
                Ok(_) => {
                    acknowledged.borrow_mut().insert((tenant.to_owned(), id.clone()));
                }
                Err(error) => assert!(error.is_retryable(), "{error}"),
            }
        }
        let key = RequestKey::new(tenant, format!("r-{}", dice.below(number + 1)));
        let meddled = match dice.below(10) {
            0 => queue.cancel(&key).await,
            1 => queue.requeue(&key).await,
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
}
