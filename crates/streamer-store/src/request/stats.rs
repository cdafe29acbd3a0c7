use std::{future::IntoFuture, time::Duration};

use dynamorm::{Cursor, PathConditions as _, Timestamp, transport::BoxFuture};
use serde::Serialize;

use super::{
    lease::DEFAULT_LEASE,
    model::{AsyncRequest, StatusEntry},
    priority::Priority,
    queue::{MAX_CLOCK_SKEW, RequestQueue},
    shard::Shards,
    status::RequestStatus,
};
use crate::error::Error;

/// How the queue stands: how many requests there are, and how late the work is.
///
/// It is counted page by page while work goes on: a request that changes meanwhile may be counted twice or not at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct QueueStats {
    /// Each shard, in order.
    pub shards: Vec<ShardStats>,
    /// Since when the request is due that is due for the longest; none if none is due.
    pub oldest_due: Option<Timestamp>,
    /// How many leases have ended and were not taken over, or are about to end.
    pub leases_ending: u64,
}

/// How many requests of each status are in one shard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ShardStats {
    /// Its number.
    pub shard: u32,
    /// Those that wait.
    pub pending: u64,
    /// Those that wait for another try.
    pub retrying: u64,
    /// Those that a worker holds, or held until its lease ended.
    pub processing: u64,
    /// Those that ended with a result.
    pub completed: u64,
    /// Those that ended with an error.
    pub failed: u64,
    /// Those that a caller ended.
    pub cancelled: u64,
}

impl ShardStats {
    /// How many of a status.
    pub fn count(&self, status: RequestStatus) -> u64 {
        match status {
            RequestStatus::Pending => self.pending,
            RequestStatus::Retrying => self.retrying,
            RequestStatus::Processing => self.processing,
            RequestStatus::Completed => self.completed,
            RequestStatus::Failed => self.failed,
            RequestStatus::Cancelled => self.cancelled,
        }
    }

    fn add(&mut self, status: RequestStatus) {
        let count = match status {
            RequestStatus::Pending => &mut self.pending,
            RequestStatus::Retrying => &mut self.retrying,
            RequestStatus::Processing => &mut self.processing,
            RequestStatus::Completed => &mut self.completed,
            RequestStatus::Failed => &mut self.failed,
            RequestStatus::Cancelled => &mut self.cancelled,
        };
        *count += 1;
    }
}

impl QueueStats {
    /// How many requests of a status are in all shards together.
    pub fn count(&self, status: RequestStatus) -> u64 {
        self.shards.iter().map(|shard| shard.count(status)).sum()
    }
}

/// A count of the queue that is under way: what [`RequestQueue::stats`] returns. Awaited, it counts to the end; by
/// [`read_page`](Self::read_page) page after page.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is awaited or a page is read"]
pub struct StatsReading {
    queue: RequestQueue,
    ending_within: Duration,
    stats: QueueStats,
    /// Partitions that are not read yet, each with its shard: the last one is next.
    partitions: Vec<(u32, String)>,
    /// Where the partition that is next goes on.
    next: Option<Cursor>,
}

impl RequestQueue {
    /// Counts the requests of each status in each shard, says how late the work is and how many leases are about to end.
    ///
    /// It reads the whole of `status-index` and nothing else: one Query for every 1 MB of each of its partitions, some 4,000
    /// requests, and of an empty partition one too. There are six partitions to a shard. In memory is one page.
    pub fn stats(&self) -> StatsReading {
        let shards = || 0..self.shards.count();
        let of_status = |status| shards().map(move |shard| (shard, Shards::ended(status, shard)));
        let mut partitions = open_partitions(self.shards);
        partitions.extend(RequestStatus::ENDED.into_iter().flat_map(of_status));
        StatsReading {
            queue: self.clone(),
            ending_within: DEFAULT_LEASE / 3,
            stats: QueueStats {
                shards: shards().map(|shard| ShardStats { shard, ..ShardStats::default() }).collect(),
                ..QueueStats::default()
            },
            partitions,
            next: None,
        }
    }
}

/// The partitions of the requests that have not ended, each with its shard.
fn open_partitions(shards: Shards) -> Vec<(u32, String)> {
    let of_priority = |priority| (0..shards.count()).map(move |shard| (shard, Shards::open(priority, shard)));
    Priority::ALL.into_iter().flat_map(of_priority).collect()
}

impl StatsReading {
    /// Counts a lease as about to end so long before it ends; 10 seconds otherwise, the time in which a worker that lives
    /// extends it.
    pub fn leases_ending_within(mut self, duration: Duration) -> Self {
        self.ending_within = duration;
        self
    }

    /// Counts the requests that have not ended, and no others: three partitions to a shard, as large as the backlog.
    /// What has ended stays in the index for seven days, and is left unread.
    pub fn of_open(mut self) -> Self {
        self.partitions = open_partitions(self.queue.shards);
        self
    }

    /// Counts one page more: one request. Says whether there are more.
    ///
    /// # Errors
    /// What the engine answers; another call goes on.
    pub async fn read_page(&mut self) -> Result<bool, Error> {
        let Some((shard, partition)) = self.partitions.last() else { return Ok(false) };
        let mut query = self.queue.db.query(AsyncRequest::by_status(partition.as_str()));
        if let Some(tenant) = &self.queue.tenant {
            query = query.filter(AsyncRequest::fields().tenant_id.eq(&**tenant));
        }
        let page = query.project::<StatusEntry>().after(self.next.clone()).page().await;
        let page = page.map_err(|error| Error::from_mapper("requests.stats", error))?;
        let (now, shard) = (self.queue.now(), *shard);
        for entry in &page.items {
            self.stats.add(shard, entry, now, self.ending_within);
        }
        self.next = page.next;
        if self.next.is_none() {
            self.partitions.pop();
        }
        Ok(!self.partitions.is_empty())
    }

    /// What was counted so far.
    pub fn stats(&self) -> &QueueStats {
        &self.stats
    }

    async fn read(mut self) -> Result<QueueStats, Error> {
        while self.read_page().await? {}
        Ok(self.stats)
    }
}

impl QueueStats {
    fn add(&mut self, shard: u32, entry: &StatusEntry, now: Timestamp, ending_within: Duration) {
        let Some(of_shard) = self.shards.iter_mut().find(|of| of.shard == shard) else { return };
        of_shard.add(entry.status);
        if entry.status.is_open() && entry.visible_at <= now {
            let oldest = self.oldest_due.get_or_insert(entry.visible_at);
            *oldest = entry.visible_at.min(*oldest);
        }
        // A request that is held is due again once its lease has surely ended.
        let is_ending =
            || entry.visible_at.saturating_sub(MAX_CLOCK_SKEW) <= now.saturating_add(ending_within);
        if entry.status == RequestStatus::Processing && is_ending() {
            self.leases_ending += 1;
        }
    }
}

impl IntoFuture for StatsReading {
    type Output = Result<QueueStats, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.read())
    }
}
