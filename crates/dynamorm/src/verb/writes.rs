use std::{any::Any, iter, sync::Arc};

use dynamorm_core::{
    Error,
    limits::{MAX_BATCH_WRITE_BYTES, MAX_BATCH_WRITES},
    model::{Model, PrimaryKey, TableDefinition, WriteContext, encoded_key},
    transport::Operation,
    wire::{batch_write_item as wire, canonical_key},
};

use super::by_item::ByItem;
use crate::{Db, call::Call};

/// One write, ready to be sent.
pub(super) struct Write {
    pub(super) table: Arc<str>,
    pub(super) definition: &'static TableDefinition,
    /// The model's key, for the caller.
    pub(super) key: Box<dyn Any + Send + Sync>,
    /// The key as writes of one table are told apart by it.
    pub(super) canonical_key: Vec<u8>,
    pub(super) is_put: bool,
    json: Vec<u8>,
}

impl Write {
    pub(super) fn put<M: Model>(db: &Db, item: &M, context: &WriteContext) -> Result<Self, Error> {
        let table = db.table_name::<M>();
        wire::put(item, context)
            .and_then(|json| Self::new(Arc::clone(&table), item.primary_key(), true, json))
            .map_err(|error| error.during(Operation::BatchWriteItem, &table))
    }

    pub(super) fn delete<K: PrimaryKey>(db: &Db, key: &K) -> Result<Self, Error> {
        let table = db.table_name::<K::Model>();
        wire::delete(key)
            .and_then(|json| Self::new(Arc::clone(&table), key.clone(), false, json))
            .map_err(|error| error.during(Operation::BatchWriteItem, &table))
    }

    fn new<K: PrimaryKey>(table: Arc<str>, key: K, is_put: bool, json: Vec<u8>) -> Result<Self, Error> {
        let definition = K::Model::TABLE;
        let canonical_key = canonical_key(&encoded_key(&key)?, definition)?;
        Ok(Self { table, definition, key: Box::new(key), canonical_key, is_put, json })
    }
}

/// A write of a batch, and what is known of it before the batch is run.
pub(super) struct Planned {
    pub(super) write: Arc<Write>,
    /// Whether another batch may have done it.
    pub(super) is_in_doubt: bool,
}

impl Planned {
    pub(super) fn new(write: Write) -> Self {
        Self { write: Arc::new(write), is_in_doubt: false }
    }
}

/// The writes of a batch, each item's once.
pub(super) type Writes = ByItem<Planned>;

/// Deals `places` out to requests: 25 writes and 16 MB each.
pub(super) fn requests(
    writes: &Writes,
    places: impl IntoIterator<Item = usize>,
) -> impl Iterator<Item = Vec<usize>> {
    let mut places = places.into_iter().peekable();
    iter::from_fn(move || {
        let mut request = vec![places.next()?];
        let mut bytes = wire::ENVELOPE_BYTES + bytes_after(writes, None, request[0]);
        while request.len() < MAX_BATCH_WRITES
            && let Some(place) = places.next_if(|place| {
                bytes += bytes_after(writes, request.last(), *place);
                bytes <= MAX_BATCH_WRITE_BYTES
            })
        {
            request.push(place);
        }
        Some(request)
    })
}

/// Bytes that a write adds to a request, after the one at the place `before`.
fn bytes_after(writes: &Writes, before: Option<&usize>, place: usize) -> usize {
    let table = writes.table(place);
    let is_named = before.is_some_and(|before| writes.table(*before) == table);
    let name = if is_named { 0 } else { table.len() + wire::TABLE_BYTES };
    name + writes.get(place).write.json.len() + 1
}

pub(super) fn call(writes: &Writes, places: &[usize]) -> Call {
    let parts = places.iter().map(|place| (&**writes.table(*place), &*writes.get(*place).write.json));
    Call::new(Operation::BatchWriteItem, writes.table_of(places), wire::request(parts))
}
