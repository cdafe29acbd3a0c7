use std::{
    collections::HashMap,
    future::IntoFuture,
    iter::{FilterMap, Zip},
    sync::Arc,
    vec,
};

use dynamorm_core::{
    Error, Timestamp,
    codec::{DecodeError, Reader},
    model::{Model, PrimaryKey, Projection, RawItem, ReadItem},
    transport::{BoxFuture, Operation},
    wire::{
        Answer,
        batch_get_item::{self as wire, ItemKeys, ModelBatch},
        canonical_key,
    },
};

use super::{asked_keys::AskedKeys, batch_got::BatchGot};
use crate::{
    Db, Explanation,
    call::Call,
    expiry,
    outcomes::{Awaited, Outcomes, requests, unasked},
    paging::with_needed,
    rounds::{self, Exchange, Taken},
};

impl Db {
    /// Reads the items of up to any number of keys: 100 a request, four requests at once.
    ///
    /// A key that is given twice is sent once. What DynamoDB leaves out of an answer, beyond 16 MB or under load, is
    /// asked for again after a pause that grows; what it leaves out eight times in a row is named in
    /// [`BatchGot::unread`].
    ///
    /// # Errors
    /// When a key is empty or over a limit, before anything is sent; and the first failure when nothing at all was read.
    /// When something was, the keys of the other requests are in [`BatchGot::unread`], each with its reason: also those of
    /// an answer that holds one item which is not an `M`, since an item that cannot be read is never left out.
    pub fn batch_get<K: PrimaryKey>(&self, keys: impl IntoIterator<Item = K>) -> BatchGet<K> {
        BatchGet { db: self.clone(), keys: keys.into_iter().collect(), is_consistent: false, read: whole }
    }
}

/// Reads many items: what [`Db::batch_get`] returns. `T` is what they are read as.
#[must_use = "nothing is sent until it is awaited"]
pub struct BatchGet<K, T = <K as PrimaryKey>::Model> {
    db: Db,
    keys: Vec<K>,
    is_consistent: bool,
    read: Read<T>,
}

builder_debug!([K, T] BatchGet<K, T>);

impl<K: Clone, T> Clone for BatchGet<K, T> {
    fn clone(&self) -> Self {
        Self {
            db: self.db.clone(),
            keys: self.keys.clone(),
            is_consistent: self.is_consistent,
            read: self.read,
        }
    }
}

/// Reads an item, and adds its key to those of the answer; nothing if it has expired.
type Read<T> = fn(&mut ItemKeys, &mut Reader<'_>, Timestamp) -> Result<Option<T>, DecodeError>;

fn whole<M: Model>(
    keys: &mut ItemKeys,
    reader: &mut Reader<'_>,
    now: Timestamp,
) -> Result<Option<M>, DecodeError> {
    let item = keys.read_item::<M>(reader)?;
    Ok(expiry::is_alive(&item, now).then_some(item))
}

fn projected<P: Projection>(
    keys: &mut ItemKeys,
    reader: &mut Reader<'_>,
    now: Timestamp,
) -> Result<Option<P>, DecodeError> {
    let (item, definition) = (RawItem::decode_item(reader)?, P::Model::TABLE);
    keys.add_stored(item.as_json(), definition)?;
    match definition.ttl {
        Some(ttl) => expiry::read_alive(&item, ttl, now),
        None => P::decode_item(&mut Reader::from_text(item.as_json())).map(Some),
    }
}

/// A batch of reads that is under way.
struct Reading<K: PrimaryKey, T> {
    db: Db,
    table: Arc<str>,
    asked: AskedKeys<K>,
    /// The attributes that are read; all of them where none is named.
    attributes: Vec<&'static str>,
    is_consistent: bool,
    read: Read<T>,
}

/// The items of an answer that have not expired, each with the place of its key.
type Items<T> = FilterMap<Zip<vec::IntoIter<usize>, vec::IntoIter<Option<T>>>, Alive<T>>;

type Alive<T> = fn((usize, Option<T>)) -> Option<(usize, T)>;

impl<K: PrimaryKey> BatchGet<K> {
    /// Reads the fields of `P` alone. The items cost what whole ones do, and less to carry.
    pub fn project<P: Projection<Model = K::Model>>(self) -> BatchGet<K, P> {
        BatchGet { db: self.db, keys: self.keys, is_consistent: self.is_consistent, read: projected }
    }
}

impl<K: PrimaryKey, T: ReadItem> BatchGet<K, T> {
    /// Sees every write that was acknowledged before; costs twice the capacity.
    pub fn consistent(mut self) -> Self {
        self.is_consistent = true;
        self
    }

    /// The exact requests, without sending them.
    ///
    /// # Errors
    /// When a key is empty or over a limit.
    pub fn explain(&self) -> Result<Vec<Explanation>, Error> {
        let reading = self.clone().checked()?;
        Ok(reading.requests().map(|places| reading.call(&places).explain()).collect())
    }

    /// The batch with its keys checked against DynamoDB's limits.
    fn checked(self) -> Result<Reading<K, T>, Error> {
        let Self { db, keys, is_consistent, read } = self;
        let table = db.table_name::<K::Model>();
        let asked = AskedKeys::of(keys).map_err(|error| error.during(Operation::BatchGetItem, &table))?;
        let definition = K::Model::TABLE;
        // An answer is in no order, and leaves out what is absent: the keys tell which items it holds.
        let attributes = with_needed(T::ATTRIBUTES, Some(definition), definition.ttl);
        Ok(Reading { db, table, asked, attributes, is_consistent, read })
    }
}

impl<K: PrimaryKey, T: ReadItem> Reading<K, T> {
    fn requests(&self) -> impl Iterator<Item = Vec<usize>> + use<K, T> {
        requests(self.asked.len())
    }

    fn call(&self, places: &[usize]) -> Call {
        let keys = places.iter().map(|place| (&*self.table, self.asked.json(*place)));
        let body = wire::request(keys, &self.attributes, self.is_consistent);
        Call::new(Operation::BatchGetItem, Arc::clone(&self.table), body)
    }

    async fn run(self) -> Result<BatchGot<K::Model, T>, Error> {
        let mut outcomes = Outcomes::new(self.asked.len());
        rounds::run(&self.db, &self, &mut outcomes, self.requests()).await;
        Ok(BatchGot::of(self.asked.into_keys().into_iter().zip(outcomes.into_result()?)))
    }

    /// The places of an answer's items.
    fn places(&self, keys: &ItemKeys, body: &[u8], places: &[usize]) -> Result<Vec<usize>, DecodeError> {
        let found: Option<Vec<usize>> =
            keys.as_stored().and_then(|keys| keys.map(|key| self.asked.place_of(key)).collect());
        found.map_or_else(|| self.stored_places(body, places), Ok)
    }

    /// The places of an answer's items by the keys that they are stored under, in whatever form it writes them. An item's
    /// fields may say another one, when something else wrote it.
    fn stored_places(&self, body: &[u8], places: &[usize]) -> Result<Vec<usize>, DecodeError> {
        let of_key = self.by_canonical_key(places)?;
        let keys = wire::item_keys(body, K::Model::TABLE)?;
        keys.iter().map(|key| of_key.get(key).copied().ok_or_else(unasked)).collect()
    }

    /// What an answer to a request for `places` holds, and the places that it left out.
    fn take(
        &self,
        batch: ModelBatch<Option<T>>,
        body: &[u8],
        places: &[usize],
    ) -> Result<(Items<T>, Vec<usize>), DecodeError> {
        let left = self.left_out(&batch.unprocessed, places)?;
        let ModelBatch { items, keys, .. } = batch;
        let found = self.places(&keys, body, places)?;
        let mut awaited = Awaited::new(places);
        if !left.iter().chain(&found).all(|place| awaited.answer(*place)) {
            return Err(unasked());
        }
        let alive: Alive<T> = |(place, item)| item.map(|item| (place, item));
        Ok((found.into_iter().zip(items).filter_map(alive), left))
    }

    /// Which of `places` an answer names as unprocessed, in whatever form it writes their keys.
    fn left_out(&self, unprocessed: &[Vec<u8>], places: &[usize]) -> Result<Vec<usize>, DecodeError> {
        if unprocessed.is_empty() {
            return Ok(Vec::new());
        }
        let mut of_key = self.by_canonical_key(places)?;
        unprocessed.iter().map(|key| of_key.remove(key).ok_or_else(unasked)).collect()
    }

    fn by_canonical_key(&self, places: &[usize]) -> Result<HashMap<Vec<u8>, usize>, DecodeError> {
        places
            .iter()
            .map(|place| Ok((canonical_key(self.asked.json(*place), K::Model::TABLE)?, *place)))
            .collect()
    }
}

impl<K: PrimaryKey, T: ReadItem> Exchange for Reading<K, T> {
    type Content = Items<T>;

    async fn send(&self, places: &[usize]) -> Result<Taken<Self::Content>, Error> {
        let read = |body: &[u8]| {
            let now = self.db.now();
            let item = |keys: &mut ItemKeys, reader: &mut Reader<'_>| (self.read)(keys, reader, now);
            let answer = wire::response(body, K::Model::TABLE, places.len(), item)?;
            Ok(Answer::new(self.take(answer.value, body, places)?, answer.consumed_capacity))
        };
        let answer = self.db.send(self.call(places), read).await?;
        let Answer { value: (content, left), attempts, consumed_capacity, .. } = answer;
        Ok(Taken { content, left, attempts, consumed_capacity })
    }

    fn locate(&self, error: Error, _places: &[usize]) -> Error {
        error.during(Operation::BatchGetItem, &self.table)
    }
}

impl<K: PrimaryKey, T: ReadItem> IntoFuture for BatchGet<K, T> {
    type Output = Result<BatchGot<K::Model, T>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.checked()?.run().await })
    }
}
