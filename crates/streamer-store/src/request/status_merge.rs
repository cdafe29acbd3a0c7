//! The partitions of `status-index` that hold one status, read together as one list, the oldest first.

use std::{collections::VecDeque, future::IntoFuture, sync::Arc, time::Duration};

use dynamorm::{Cursor, Db, Timestamp, transport::BoxFuture, verb::Page};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    model::{AsyncRequest, StatusEntry},
    queue::RequestQueue,
    status::RequestStatus,
};

/// How many partitions are read at once, before the first entry is known.
const READ_AT_ONCE: usize = 4;

/// Where the list of a status goes on.
///
/// The list's order is by instant, then by partition, then as the partition has it. All that comes before this place
/// was handed out, so that one place says where each partition goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The instant up to which all was handed out.
    instant: Timestamp,
    /// Of the instant itself, that of the partitions up to this one.
    partition: usize,
    /// Where this partition goes on; `None` where nothing is left in it of the instant.
    rest: Option<Rest>,
}

/// What is left of a partition behind a place in its query.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rest {
    /// The instant from which the query reads, since a cursor is of one query.
    from: Timestamp,
    cursor: Cursor,
}

impl Place {
    /// As the text that a cursor holds.
    pub(super) fn to_text(&self) -> String {
        let place = format!("{} {}", self.instant, self.partition);
        match &self.rest {
            Some(Rest { from, cursor }) => format!("{place} {from} {cursor}"),
            None => place,
        }
    }

    /// The place of that text; `None` where it is none.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, ' ');
        let instant = parts.next()?.parse().ok()?;
        let partition = parts.next()?.parse().ok()?;
        let rest = match parts.next() {
            Some(from) => Some(Rest { from: from.parse().ok()?, cursor: parts.next()?.into() }),
            None => None,
        };
        Some(Self { instant, partition, rest })
    }
}

/// The entries of one status, the oldest first. In memory is one chunk of each partition at most.
pub(super) struct StatusMerge {
    db: Db,
    status: RequestStatus,
    tenant: Option<Arc<str>>,
    partitions: Vec<Partition>,
    /// How many entries one request reads.
    chunk: u32,
}

struct Partition {
    name: String,
    /// The instant from which its query reads.
    from: Timestamp,
    /// Where that query goes on; `None` at the begin and at the end.
    next: Option<Cursor>,
    /// Whether there is nothing left to read.
    is_read: bool,
    /// What was read and not handed out.
    entries: VecDeque<StatusEntry>,
    /// What is left to read is of this instant or later.
    floor: Timestamp,
}

impl StatusMerge {
    /// The entries of a status behind a place, or all of them: one request for each partition, which reads `chunk`
    /// entries.
    pub(super) async fn begin(
        queue: &RequestQueue,
        status: RequestStatus,
        after: Option<&Place>,
        chunk: u32,
    ) -> Result<Self, dynamorm::Error> {
        let partitions = queue.shards.partitions(status).into_iter().enumerate();
        let partitions = partitions.map(|(number, name)| Partition::behind(name, number, after)).collect();
        let (db, tenant) = (queue.db.clone(), queue.tenant.clone());
        let mut merge = Self { db, status, tenant, partitions, chunk };
        let pages: Vec<_> = merge.partitions.iter().map(|partition| merge.query(partition)).collect();
        let pages = stream::iter(pages).buffered(READ_AT_ONCE);
        for (number, page) in pages.try_collect::<Vec<_>>().await?.into_iter().enumerate() {
            merge.add(number, page);
        }
        Ok(merge)
    }

    /// The next `count` entries and the place behind them, `None` at the end: in as many requests as that takes, but
    /// for those beyond `reads`. There are more entries where several of one partition are of one instant.
    pub(super) async fn take(
        &mut self,
        count: usize,
        mut reads: usize,
    ) -> Result<(Vec<StatusEntry>, Option<Place>), dynamorm::Error> {
        let mut taken = Vec::new();
        loop {
            let next = self.partitions.iter().enumerate();
            let next = next.filter_map(|(number, partition)| Some((partition.next_instant()?, number))).min();
            let Some((instant, number)) = next else { return Ok((taken, None)) };
            let partition = &mut self.partitions[number];
            if let Some(entry) = partition.entries.pop_front() {
                taken.push(entry);
                if taken.len() >= count && partition.has_passed(instant) {
                    return Ok((taken, Some(Place { instant, partition: number, rest: partition.rest() })));
                }
                continue;
            }
            // What is next may be in what is left of this partition.
            if reads == 0 {
                return Ok((taken, Some(Place { instant, partition: number, rest: partition.rest() })));
            }
            reads -= 1;
            let page = self.query(&self.partitions[number]).await?;
            self.add(number, page);
        }
    }

    /// Reads on in a partition: one request.
    fn query(&self, partition: &Partition) -> BoxFuture<'static, Result<Page<StatusEntry>, dynamorm::Error>> {
        let key = AsyncRequest::by_status(partition.name.as_str()).visible_at().ge(partition.from);
        let query = self.db.query(key).project::<StatusEntry>();
        query.page_size(self.chunk).after(partition.next.clone()).page().into_future()
    }

    fn add(&mut self, number: usize, page: Page<StatusEntry>) {
        let partition = &mut self.partitions[number];
        partition.is_read = page.next.is_none();
        partition.next = page.next;
        if let Some(last) = page.items.last() {
            partition.floor = last.visible_at;
        }
        // Left out here and not by a filter of the query: the instants of all say how far the partition was read.
        let is_wanted = |entry: &StatusEntry| {
            entry.status == self.status
                && self.tenant.as_ref().is_none_or(|tenant| **tenant == *entry.tenant_id)
        };
        partition.entries.extend(page.items.into_iter().filter(is_wanted));
    }
}

impl Partition {
    fn behind(name: String, number: usize, place: Option<&Place>) -> Self {
        let begin = |from| (from, None, from);
        let (from, next, floor) = match place {
            None => begin(Timestamp::MIN),
            Some(Place { instant, partition, rest: Some(rest) }) if number == *partition => {
                (rest.from, Some(rest.cursor.clone()), *instant)
            }
            Some(place) if number <= place.partition => {
                begin(place.instant.saturating_add(Duration::from_nanos(1)))
            }
            Some(place) => begin(place.instant),
        };
        Self { name, from, next, is_read: false, entries: VecDeque::new(), floor }
    }

    /// No later than its next entry; `None` at its end.
    fn next_instant(&self) -> Option<Timestamp> {
        match self.entries.front() {
            Some(entry) => Some(entry.visible_at),
            None => (!self.is_read).then_some(self.floor),
        }
    }

    /// Whether a place can be behind the instant: no entry of it is in memory.
    fn has_passed(&self, instant: Timestamp) -> bool {
        self.entries.front().is_none_or(|entry| entry.visible_at > instant)
    }

    /// What a place says of it: where its query goes on, if that is behind all that is in memory.
    fn rest(&self) -> Option<Rest> {
        if !self.entries.is_empty() {
            return None;
        }
        self.next.clone().map(|cursor| Rest { from: self.from, cursor })
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Rest, Timestamp};

    #[test]
    fn place_reads_back() {
        let rest = Rest { from: Timestamp::MAX, cursor: "abc".into() };
        for rest in [None, Some(rest)] {
            let place = Place { instant: Timestamp::MIN, partition: 3, rest };

            assert_eq!(Place::from_text(&place.to_text()), Some(place));
        }
    }

    #[test]
    fn no_text_panics() {
        for text in ["", "a", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z -1", "0001-01-01T00:00:00Z 3 abc"]
        {
            assert_eq!(Place::from_text(text), None, "{text}");
        }
    }
}
