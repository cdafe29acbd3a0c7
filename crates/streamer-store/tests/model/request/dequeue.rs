use std::time::Duration;

use proptest::{prop_assert, prop_assert_eq};
use streamer_store::{AsyncRequest, Claimed, Priority, RequestKey, RequestStatus};

use super::{RequestWalk, comparable};
use crate::{
    tenant::is_seen_by,
    walk::{Step, Walk as _, answer},
};

impl RequestWalk {
    pub(super) async fn claim(&mut self, key: &RequestKey, worker: &str, lease: Duration) -> Step {
        let claimed = self.queue.claim(key, worker, lease).await;
        let expected = self.reference.claim(key, worker, lease);
        match answer(claimed) {
            Ok(claimed) => {
                prop_assert_eq!(Ok(()), expected, "it was claimed; the reference says (right)");
                self.take_hold(claimed)?;
            }
            refused => {
                prop_assert_eq!(refused.map(drop), expected, "the answer (left) is not the reference's")
            }
        }
        self.compare_stored(key).await
    }

    /// Notes a claim that the reference has made too: the store chose the lease's name.
    fn take_hold(&mut self, claimed: Claimed) -> Step {
        let is_new = self.holds.iter().all(|held| held.lease.id() != claimed.lease.id());
        prop_assert!(is_new, "the name of a lease that was there before");
        self.reference.name_lease(claimed.lease.key(), claimed.lease.id());
        let returned = comparable(claimed.request.clone());
        prop_assert_eq!(Ok(&returned), self.reference.get(claimed.lease.key()), "what came back (left)");
        self.holds.push(claimed);
        Ok(())
    }

    pub(super) async fn dequeue(
        &mut self,
        n: usize,
        worker: &str,
        lease: Duration,
        narrowed: Option<usize>,
    ) -> Step {
        let seen = |due: Vec<&AsyncRequest>| -> Vec<(RequestKey, Priority)> {
            let due = due.into_iter().filter(|request| is_seen_by(narrowed, &request.tenant_id));
            due.map(|request| (request.request_key(), request.priority)).collect()
        };
        let (claimable, used_up) = (seen(self.reference.due(false)), seen(self.reference.due(true)));

        let dequeued = self.narrowed(narrowed).dequeue(n, worker, lease).await.unwrap();

        prop_assert_eq!(dequeued.len(), n.min(claimable.len()), "so many (left) came, others are due");
        prop_assert!(
            is_by_priority(
                dequeued.iter().map(|claimed| claimed.request.priority).collect(),
                claimable.iter().map(|(_, priority)| *priority).collect(),
            ),
            "by no order of priorities: {dequeued:?} of {claimable:?}"
        );
        for claimed in dequeued {
            let key = claimed.lease.key().clone();
            let is_seen = is_seen_by(narrowed, &key.tenant_id);
            prop_assert!(is_seen, "of another tenant: {key}");
            // That one comes twice, or is not due, the reference tells.
            prop_assert_eq!(self.reference.claim(&key, worker, lease), Ok(()), "{}", key);
            self.take_hold(claimed)?;
        }
        for (key, _) in used_up {
            // Those it met are failed; it met all if it looked for more in vain.
            let is_failed = answer(self.queue.get_consistent(&key).await).map(|stored| stored.status)
                == Ok(RequestStatus::Failed);
            prop_assert!(is_failed || claimable.len() >= n, "{key} is used up, and was passed by");
            if is_failed {
                self.reference.reap(&key);
            }
        }
        self.end().await
    }
}

/// Whether those that came are the first of all that were due, from high to low or from low to high.
fn is_by_priority(mut came: Vec<Priority>, mut due: Vec<Priority>) -> bool {
    let rank = |priority: &Priority| Priority::ALL.iter().position(|other| other == priority);
    came.sort_by_key(rank);
    due.sort_by_key(rank);
    due.starts_with(&came) || due.ends_with(&came)
}
