use std::time::Duration;

use dynamorm::PathConditions as _;

use super::{
    lease::Claimed,
    model::{AsyncRequest, DueRequest},
    priority::Priority,
    queue::RequestQueue,
    shard::Shards,
};
use crate::{
    error::{Error, ErrorKind},
    id::check_id,
    random,
};

const OPERATION: &str = "requests.dequeue";

/// One dequeue in so many looks at the lowest priority first, so that none starves.
const LOW_FIRST_ONE_IN: u64 = 8;

/// How many due requests of a shard are looked at together, beside those that are wanted: workers that look at the same
/// time begin with different ones.
const MIN_PAGE: u32 = 16;

impl RequestQueue {
    /// Takes hold of up to `n` requests that are due, of those with the highest priority first; none if nothing is due.
    ///
    /// It begins with a random shard, so that workers do not meet at the same one. A request whose tries are used up is
    /// failed on the way, with its last error; one that another worker was faster to claim is passed over.
    ///
    /// # Errors
    /// What the engine answers, if nothing was claimed; what was is given. One request that cannot be read keeps back no
    /// other: [`ErrorKind::Decode`] tells of it where nothing else was due.
    pub async fn dequeue(&self, n: usize, worker: &str, lease: Duration) -> Result<Vec<Claimed>, Error> {
        check_id(OPERATION, "worker", worker)?;
        let mut claimed = Vec::new();
        let mut priorities = Priority::ALL;
        if random::below(&self.db, LOW_FIRST_ONE_IN) == 0 {
            priorities.reverse();
        }
        let shards = self.shards.count();
        let mut unread = None;
        let first = u32::try_from(random::below(&self.db, u64::from(shards))).unwrap_or_default();
        for priority in priorities {
            for offset in 0..shards {
                if claimed.len() >= n {
                    return Ok(claimed);
                }
                let partition = Shards::open(priority, (first + offset) % shards);
                match self.claim_due(&partition, n, worker, lease, &mut claimed).await {
                    Ok(()) => {}
                    // What cannot be read stands in the way of nothing else.
                    Err(error) if is_unreadable(error.kind()) => unread = unread.or(Some(error)),
                    // What is held is not lost for what cannot be had.
                    Err(_) if !claimed.is_empty() => return Ok(claimed),
                    Err(error) => return Err(error),
                }
            }
        }
        match unread {
            Some(error) if claimed.is_empty() => Err(error),
            _ => Ok(claimed),
        }
    }

    /// Claims requests of one partition that are due until there are `n`, or none is left.
    async fn claim_due(
        &self,
        partition: &str,
        n: usize,
        worker: &str,
        lease: Duration,
        claimed: &mut Vec<Claimed>,
    ) -> Result<(), Error> {
        let failed = |error| Error::from_mapper(OPERATION, error);
        // One instant for all pages: a cursor is of the query that it came from.
        let (now, mut after, mut unread) = (self.now(), None, None);
        loop {
            let missing = u32::try_from(n - claimed.len()).unwrap_or(u32::MAX);
            let mut query = self.db.query(AsyncRequest::by_status(partition).visible_at().le(now));
            if let Some(tenant) = &self.tenant {
                query = query.filter(AsyncRequest::fields().tenant_id.eq(&**tenant));
            }
            let query = query.project::<DueRequest>().page_size(missing.max(MIN_PAGE)).after(after);
            let page = query.page().await.map_err(failed)?;
            let mut due = page.items;
            random::shuffle(&self.db, &mut due);
            for request in due {
                if claimed.len() >= n {
                    return Ok(());
                }
                if request.is_used_up() {
                    self.reap_one(&request.key()).await?;
                    continue;
                }
                match self.claim(&request.key(), worker, lease).await {
                    Ok(request) => claimed.push(request),
                    Err(error) if is_lost_race(error.kind()) => {}
                    Err(error) if is_unreadable(error.kind()) => unread = unread.or(Some(error)),
                    Err(error) => return Err(error),
                }
            }
            after = page.next;
            if after.is_none() || claimed.len() >= n {
                return unread.map_or(Ok(()), Err);
            }
        }
    }
}

/// Whether the item is not what this version reads: of another version, or from elsewhere.
fn is_unreadable(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Decode { .. })
}

/// Whether another worker was faster, or the request is gone: the index tells of it a little late.
fn is_lost_race(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Conflict | ErrorKind::NotFound | ErrorKind::IllegalTransition { .. })
}
