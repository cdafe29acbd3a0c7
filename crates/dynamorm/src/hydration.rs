//! Reading the items of a page of an index from the table, by the keys that the index has of them.

use std::{marker::PhantomData, sync::Arc};

use dynamorm_core::{
    Error,
    codec::{DecodeError, Reader, Writer},
    limits::MAX_BATCH_GET_KEYS,
    model::{RawItem, ReadItem, TableDefinition},
    transport::Operation,
    wire::{Answer, batch_get_item as wire, canonical_key},
};
use indexmap::IndexMap;

use crate::{
    Db,
    call::Call,
    expiry,
    outcomes::{Awaited, Held, Outcomes, requests, unasked},
    rounds::{self, Exchange, Taken},
};

/// Reads the items that `page` names, in its order, until there are as many as are `wanted`, with the capacity units that
/// it consumed. Those that are gone by now, or have expired, are left out.
///
/// # Errors
/// When one could not be read: none is left out for that.
pub(crate) async fn hydrate<T: ReadItem>(
    db: &Db,
    table: &Arc<str>,
    definition: &'static TableDefinition,
    page: Vec<RawItem>,
    wanted: usize,
) -> Result<(Vec<T>, Option<f64>), Error> {
    let (mut items, mut consumed_capacity) = (Vec::new(), None);
    let mut page = page.into_iter();
    let mut at_least = 1;
    while items.len() < wanted && page.len() > 0 {
        // Where many are gone, more are asked for at once, so that few requests pass them.
        let count = at_least.max(wanted - items.len());
        at_least = count.saturating_mul(2).min(MAX_BATCH_GET_KEYS);
        let part: Result<_, _> = page.by_ref().take(count).map(|item| key_of(&item, definition)).collect();
        let asked = part.map_err(|error: DecodeError| Error::from(error).during(Operation::Query, table))?;
        let hydration = Hydration { db, table, definition, asked, item: PhantomData };
        let (found, units) = hydration.run().await?;
        items.extend(found);
        if let Some(units) = units {
            *consumed_capacity.get_or_insert(0.0) += units;
        }
    }
    items.truncate(wanted);
    Ok((items, consumed_capacity))
}

/// The primary key of an index's item: in the form by which keys are compared, and as JSON.
fn key_of(item: &RawItem, definition: &TableDefinition) -> Result<(Vec<u8>, Vec<u8>), DecodeError> {
    let key = stored_key(item, definition)?;
    Ok((canonical_key(&key, definition)?, key))
}

/// The primary key that an item is stored under, as JSON.
///
/// # Errors
/// When it is no item.
pub(crate) fn stored_key(item: &RawItem, definition: &TableDefinition) -> Result<Vec<u8>, DecodeError> {
    let mut key = Writer::with_capacity(item.as_json().len());
    key.raw("{");
    Reader::from_text(item.as_json()).item(|reader, name| {
        if definition.primary_key.attributes().all(|attribute| attribute.name != name) {
            return reader.skip();
        }
        key.comma();
        key.text(&name);
        key.raw(":");
        key.raw(reader.raw()?);
        Ok(())
    })?;
    key.raw("}");
    Ok(key.into_vec())
}

/// The reading of one page's items that is under way.
struct Hydration<'a, T> {
    db: &'a Db,
    table: &'a Arc<str>,
    definition: &'static TableDefinition,
    /// The keys as JSON, each once, by the form in which they are compared. A place is a position in it.
    asked: IndexMap<Vec<u8>, Vec<u8>>,
    item: PhantomData<fn() -> T>,
}

impl<T: ReadItem> Hydration<'_, T> {
    async fn run(&self) -> Result<(Vec<T>, Option<f64>), Error> {
        let mut outcomes = Outcomes::new(self.asked.len());
        rounds::run(self.db, self, &mut outcomes, requests(self.asked.len())).await;
        outcomes.complete()
    }

    fn call(&self, places: &[usize]) -> Call {
        let keys = places.iter().filter_map(|place| self.asked.get_index(*place));
        // What the index has of an item may be newer than a read that is not consistent: an item would be missing that
        // is there, and no cursor leads back to it.
        let body = wire::request(keys.map(|(_, json)| (&**self.table, &**json)), &[], true);
        Call::new(Operation::BatchGetItem, Arc::clone(self.table), body)
    }

    /// Takes apart the answer to a request for `places`.
    fn take(&self, body: &[u8], places: &[usize]) -> Result<Answer<Held<T>>, DecodeError> {
        let now = self.db.now();
        let mut awaited = Awaited::new(places);
        let place_of = |key: &[u8]| self.asked.get_index_of(key).ok_or_else(unasked);
        let definition_of = |name: &str| (name == &**self.table).then_some(self.definition);
        let answer = wire::response_of_tables(body, definition_of, |_, key, reader| {
            Ok((place_of(&key)?, T::decode_item(reader)?))
        })?;

        let mut left = Vec::with_capacity(answer.value.unprocessed.len());
        for key in &answer.value.unprocessed {
            left.push(place_of(&key.key)?);
        }
        let mut found = answer.value.items;
        let mut answered = found.iter().map(|(place, _)| place).chain(&left);
        if !answered.all(|place| awaited.answer(*place)) {
            return Err(unasked());
        }
        found.retain(|(_, item)| expiry::is_alive(item, now));
        Ok(Answer::new((found, left), answer.consumed_capacity))
    }
}

impl<T: ReadItem> Exchange for Hydration<'_, T> {
    type Content = Vec<(usize, T)>;

    async fn send(&self, places: &[usize]) -> Result<Taken<Self::Content>, Error> {
        let answer = self.db.send(self.call(places), |body| self.take(body, places)).await?;
        let Answer { value: (content, left), consumed_capacity, attempts, .. } = answer;
        Ok(Taken { content, left, attempts, consumed_capacity })
    }

    fn locate(&self, error: Error, _places: &[usize]) -> Error {
        error.during(Operation::BatchGetItem, self.table)
    }
}
