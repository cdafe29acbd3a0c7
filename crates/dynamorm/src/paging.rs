//! What queries and scans share: pages, one after the other, of one plan.

use std::sync::Arc;

use bytes::Bytes;
use dynamorm_core::{
    Error,
    codec::Reader,
    expression::{Placeholders, projection},
    limits::MAX_BATCH_GET_KEYS,
    model::{RawItem, ReadItem, TableDefinition},
    transport::Operation,
    wire::{self, Answer, scan::Segment},
};

use crate::{Cursor, Db, call::Call, cursor::QueryFingerprint, expiry, hydration::hydrate};

/// How many items a page holds whose items are read from the table, unless said otherwise: 1 MB of an index's keys may
/// stand for gigabytes. As many as are asked for at once.
pub(crate) const HYDRATED_PAGE_ITEMS: u32 = 4 * MAX_BATCH_GET_KEYS as u32;

/// A query or a scan, without the place where a page begins.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) table: Arc<str>,
    pub(crate) index: Option<&'static str>,
    /// The key condition of a query; `None` for a scan.
    pub(crate) key_condition: Option<String>,
    pub(crate) filter: String,
    /// The attributes that are read; all of them where none is named.
    pub(crate) attributes: Vec<&'static str>,
    /// The model whose items are read, where others may stand between them.
    pub(crate) keeps_to: Option<&'static TableDefinition>,
    /// The table of which the items are read by the keys that a page has; `None` where they are the page's own.
    pub(crate) hydrated_from: Option<&'static TableDefinition>,
    /// The attribute with the instant of expiry of what is read.
    pub(crate) ttl: Option<&'static str>,
    /// The part of the table that a scan reads; `None` for all of it.
    pub(crate) segment: Option<Segment>,
    pub(crate) placeholders: Placeholders,
    pub(crate) page_size: Option<u32>,
    pub(crate) is_descending: bool,
    pub(crate) is_consistent: bool,
    pub(crate) counts_only: bool,
    /// Whether expired items are dropped after the read: the index is keyed by the TTL attribute, which a filter
    /// cannot name.
    pub(crate) drops_expired: bool,
    pub(crate) fingerprint: QueryFingerprint,
    pub(crate) start_key: Option<Bytes>,
}

/// One page of a query or a scan: what one request gave.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Page<M> {
    /// The items that matched. It may be empty although a next page exists: filters run after the read.
    pub items: Vec<M>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<Cursor>,
    /// How many items were read.
    pub scanned: u64,
    /// How many of them matched: also those that a collection skips as it does not know them, and those that were gone
    /// before they were hydrated.
    pub matched: u64,
    /// Capacity units, where the engine says them.
    pub consumed_capacity: Option<f64>,
}

/// `attributes`, and those that say whether an item is one to hand out, each once; none for whole items.
pub(crate) fn with_needed(
    attributes: Option<&[&'static str]>,
    keeps_to: Option<&'static TableDefinition>,
    ttl: Option<&'static str>,
) -> Vec<&'static str> {
    let Some(attributes) = attributes else { return Vec::new() };
    let mut needed = attributes.to_vec();
    let keys = keeps_to.into_iter().flat_map(|model| model.primary_key.attributes()).map(|key| key.name);
    for attribute in keys.chain(ttl) {
        if !needed.contains(&attribute) {
            needed.push(attribute);
        }
    }
    needed
}

impl Plan {
    /// Binds the plan to what it asks, before anything that changes from call to call is added.
    pub(crate) fn fingerprint(
        table: &str,
        index: Option<&str>,
        key_condition: Option<&str>,
        filter: &str,
        placeholders: &Placeholders,
        is_descending: bool,
    ) -> QueryFingerprint {
        let mut values = dynamorm_core::codec::Writer::new();
        values.raw("{");
        placeholders.write_members(&mut values);
        QueryFingerprint::of([
            table.as_bytes(),
            index.unwrap_or_default().as_bytes(),
            key_condition.unwrap_or_default().as_bytes(),
            filter.as_bytes(),
            values.as_bytes(),
            &[u8::from(is_descending)],
        ])
    }

    /// The plan for one segment alone.
    pub(crate) fn of_segment(&self, segment: Segment) -> Self {
        Self { segment: Some(segment), ..self.clone() }
    }

    pub(crate) fn call(&self, db: &Db, start_key: Option<&[u8]>, limit: Option<u32>) -> Call {
        let mut placeholders = self.placeholders.clone();
        let mut filter = self.filter.clone();
        if let Some(ttl) = self.ttl.filter(|_| !self.drops_expired) {
            if !filter.is_empty() {
                filter.push_str(" AND ");
            }
            expiry::push_unexpired(&mut filter, &mut placeholders, ttl, db.now());
        }
        // What no filter keeps out is counted by what is read of it.
        let counts_only = self.counts_only && !self.drops_expired && self.keeps_to.is_none();
        let attributes = if counts_only { &[][..] } else { &self.attributes };
        let projection = projection(attributes, &mut placeholders);
        let table = Arc::clone(&self.table);
        let limit = limit.or(self.page_size);
        let (operation, body) = match &self.key_condition {
            Some(key_condition) => {
                let options = wire::query::Options {
                    index: self.index,
                    key_condition,
                    filter: &filter,
                    projection: &projection,
                    placeholders: &placeholders,
                    limit,
                    start_key,
                    is_descending: self.is_descending,
                    is_consistent: self.is_consistent,
                    counts_only,
                };
                (Operation::Query, wire::query::request(&table, options))
            }
            None => {
                let options = wire::scan::Options {
                    filter: &filter,
                    projection: &projection,
                    segment: self.segment,
                    placeholders: &placeholders,
                    limit,
                    start_key,
                    is_consistent: self.is_consistent,
                    counts_only,
                };
                (Operation::Scan, wire::scan::request(&table, options))
            }
        };
        Call::new(operation, table, body).on_index(self.index)
    }

    /// Reads one page: one request, and those that hydrate as many of its items as are `wanted`.
    pub(crate) async fn fetch<T: ReadItem>(
        &self,
        db: &Db,
        start_key: Option<Bytes>,
        limit: Option<u32>,
        wanted: usize,
    ) -> Result<Answer<wire::Page<T>>, Error> {
        let Some(definition) = self.hydrated_from else { return self.read(db, start_key, limit).await };
        let page = self.read::<RawItem>(db, start_key, limit).await?;
        let Answer { value: wire::Page { items, count, scanned, last_key }, consumed_capacity, attempts } =
            page;
        let (items, units) = hydrate(db, &self.table, definition, items, wanted).await?;
        let consumed_capacity = match (consumed_capacity, units) {
            (Some(page), Some(items)) => Some(page + items),
            (page, items) => page.or(items),
        };
        Ok(Answer { value: wire::Page { items, count, scanned, last_key }, consumed_capacity, attempts })
    }

    /// Reads one page: one request.
    async fn read<T: ReadItem>(
        &self,
        db: &Db,
        start_key: Option<Bytes>,
        limit: Option<u32>,
    ) -> Result<Answer<wire::Page<T>>, Error> {
        let Some(ttl) = self.ttl.filter(|_| self.drops_expired) else {
            return self.send(db, start_key, limit).await;
        };
        let Answer { value: page, consumed_capacity, attempts } =
            self.send::<RawItem>(db, start_key, limit).await?;
        let wire::Page { items: stored, scanned, last_key, .. } = page;
        let operation = if self.key_condition.is_some() { Operation::Query } else { Operation::Scan };
        let (now, during) = (db.now(), |error: Error| error.during(operation, &self.table));
        let (mut items, mut count) = (Vec::with_capacity(stored.len()), 0);
        for (index, item) in stored.iter().enumerate() {
            if expiry::is_alive_by(item, ttl, now) {
                count += 1;
                if !self.counts_only {
                    let item = T::decode_item(&mut Reader::from_text(item.as_json()))
                        .map_err(|error| during(error.at_index(index).in_attribute("Items").into()))?;
                    items.push(item);
                }
            }
        }
        let value = wire::Page { items, count, scanned, last_key };
        Ok(Answer { value, consumed_capacity, attempts })
    }

    /// Sends the request for one page.
    async fn send<T: ReadItem>(
        &self,
        db: &Db,
        start_key: Option<Bytes>,
        limit: Option<u32>,
    ) -> Result<Answer<wire::Page<T>>, Error> {
        let call = self.call(db, start_key.as_deref(), limit);
        let read = match call.operation {
            Operation::Scan => wire::scan::response::<T>,
            _ => wire::query::response::<T>,
        };
        db.send(call, |body| read(body, self.keeps_to)).await
    }

    /// Reads one page for the caller: one request.
    pub(crate) async fn page<T: ReadItem>(&self, db: &Db) -> Result<Page<T>, Error> {
        let Answer { value: page, consumed_capacity, .. } =
            self.fetch(db, self.start_key.clone(), None, usize::MAX).await?;
        Ok(Page {
            items: page.items,
            next: page.last_key.map(|key| db.cursor(self.fingerprint, &key)),
            scanned: page.scanned,
            matched: page.count,
            consumed_capacity,
        })
    }

    /// Counts the matches of all pages.
    pub(crate) async fn count(&self, db: &Db) -> Result<u64, Error> {
        let mut start_key = self.start_key.clone();
        let mut count = 0;
        loop {
            // No item is read: what an index carries of it may not be a whole one.
            let page = self.read::<RawItem>(db, start_key, None).await?;
            count += page.value.count;
            start_key = page.value.last_key;
            if start_key.is_none() {
                return Ok(count);
            }
        }
    }
}
