use std::sync::Arc;

use dynamorm::Cursor;

use super::{
    model::{AsyncRequest, StatusEntry},
    queue::{RequestQueue, item_key},
    status::RequestStatus,
    status_merge::{Place, StatusMerge},
};
use crate::error::{Error, ErrorKind};

const OPERATION: &str = "requests.by_status";

/// How many requests a page holds unless said otherwise.
const DEFAULT_PAGE_SIZE: u32 = 100;

/// How many entries of a partition are read at once at least: so many cost hardly more than one (4 KB are a unit).
const MIN_CHUNK: u32 = 16;

/// The requests of one status, oldest first by `visible_at`: ended by [`page`](Self::page) or [`take`](Self::take).
///
/// It is read from `status-index`, where an ended status has one partition for each shard, and an open one shares with
/// the other open ones a partition for each priority and shard. They are read side by side and merged. What is
/// listed is what the table says: a request whose status changed meanwhile is left out. One that moves while pages are
/// read, as with each heartbeat, may come twice or not at all.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is ended by `page` or `take`"]
pub struct StatusList {
    queue: RequestQueue,
    status: RequestStatus,
    page_size: u32,
    after: Option<Cursor>,
}

/// One page of the requests of a status.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatusPage {
    /// The requests. There may be none although a next page exists.
    pub items: Vec<AsyncRequest>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
}

impl RequestQueue {
    /// The requests of a status, oldest first: of an open one that which was due first, of an ended one that which ended
    /// first.
    pub fn by_status(&self, status: RequestStatus) -> StatusList {
        StatusList { queue: self.clone(), status, page_size: DEFAULT_PAGE_SIZE, after: None }
    }
}

impl StatusList {
    /// How many requests a page holds at most; 100 otherwise. A page holds a few more where as many of one shard are of
    /// one instant.
    pub fn page_size(mut self, requests: u32) -> Self {
        self.page_size = requests.max(1);
        self
    }

    /// Goes on where a page ended: takes a page's `next`, or a cursor's text.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// One page: one Query for each partition and as many again at most, and one BatchGetItem for every 100 requests.
    /// There are as many partitions as shards, of an open status three times as many.
    ///
    /// # Errors
    /// [`ErrorKind::Cursor`] for a cursor of another list, and what the engine answers.
    pub async fn page(self) -> Result<StatusPage, Error> {
        let mut merge = self.merge(self.page_size).await?;
        let reads = self.queue.shards.partitions(self.status).len();
        let (entries, next) = merge.take(self.page_size as usize, reads).await.map_err(failed)?;
        let list = self.name();
        let cursor =
            |place: Place| self.queue.db.list_cursor(&list.each_ref().map(|part| &**part), &place.to_text());
        Ok(StatusPage { items: self.hydrate(entries).await?, next: next.map(cursor) })
    }

    /// At most `limit` requests, read in as many requests as that takes.
    ///
    /// # Errors
    /// As [`page`](Self::page).
    pub async fn take(self, limit: usize) -> Result<Vec<AsyncRequest>, Error> {
        let mut requests = Vec::new();
        let mut merge = self.merge(u32::try_from(limit).unwrap_or(u32::MAX).min(self.page_size)).await?;
        while requests.len() < limit {
            let missing = (limit - requests.len()).min(self.page_size as usize);
            let (entries, next) = merge.take(missing, usize::MAX).await.map_err(failed)?;
            requests.extend(self.hydrate(entries).await?);
            if next.is_none() {
                break;
            }
        }
        requests.truncate(limit);
        Ok(requests)
    }

    async fn merge(&self, wanted: u32) -> Result<StatusMerge, Error> {
        let refused = || Error::new(ErrorKind::Cursor, OPERATION, "the cursor is not one of this list");
        let after = match &self.after {
            Some(cursor) => {
                let list = self.name();
                let place = self.queue.db.list_place(&list.each_ref().map(|part| &**part), cursor);
                Some(Place::from_text(&place.map_err(failed)?).ok_or_else(refused)?)
            }
            None => None,
        };
        let shards = self.queue.shards.count();
        // The hash spreads them over the shards: twice the fair part is seldom too little.
        let chunk = wanted.saturating_mul(2).div_ceil(shards).max(MIN_CHUNK);
        StatusMerge::begin(&self.queue, self.status, after.as_ref(), chunk).await.map_err(failed)
    }

    /// What its cursors are bound to.
    fn name(&self) -> [String; 5] {
        let table = self.queue.db.table_name::<AsyncRequest>().to_string();
        let tenant = self.queue.tenant.as_ref().map(|tenant| format!("of {tenant}")).unwrap_or_default();
        let shards = self.queue.shards.count().to_string();
        [table, OPERATION.to_owned(), self.status.to_string(), tenant, shards]
    }

    /// The whole requests, as the table has them: without those that are gone, or have another status by now.
    async fn hydrate(&self, entries: Vec<StatusEntry>) -> Result<Vec<AsyncRequest>, Error> {
        let keys = entries.iter().map(|entry| item_key(&entry.key()));
        let got = self.queue.db.batch_get(keys).consistent().await.map_err(failed)?;
        let mut requests = got.complete().map_err(|reason| failed(whole(reason)))?;
        requests.retain(|request| request.status == self.status);
        Ok(requests)
    }
}

fn failed(error: dynamorm::Error) -> Error {
    Error::from_mapper(OPERATION, error)
}

fn whole(reason: Arc<dynamorm::Error>) -> dynamorm::Error {
    Arc::try_unwrap(reason).unwrap_or_else(|shared| dynamorm::Error::new(shared.kind(), shared.to_string()))
}
