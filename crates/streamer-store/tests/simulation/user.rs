use std::{cell::RefCell, collections::BTreeSet, rc::Rc};

use streamer_store::{ErrorKind, Json, Priority, RequestKey, RequestQueue, Submission};

use crate::dice::Dice;

/// The requests that were acknowledged.
pub(crate) type Acknowledged = Rc<RefCell<BTreeSet<RequestKeyText>>>;

/// A key as text: sorts.
pub(crate) type RequestKeyText = (String, String);

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
