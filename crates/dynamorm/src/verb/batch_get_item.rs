use std::{collections::HashMap, future::IntoFuture, mem, sync::Arc};

use dynamorm_core::{
    Error, ErrorKind,
    codec::Writer,
    limits::MAX_BATCH_GET_KEYS,
    model::{Model, PrimaryKey, encoded_key},
    transport::{BoxFuture, Operation},
    wire::{
        batch_get_item::{self as wire, Batch},
        canonical_key, check_key,
    },
};
use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::batch_got::{BatchGot, Items, Outcomes};
use crate::{
    Db, Explanation,
    call::Call,
    expiry,
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
        BatchGet { db: self.clone(), keys: keys.into_iter().collect(), is_consistent: false }
    }
}

/// Reads many items: what [`Db::batch_get`] returns.
#[derive(Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct BatchGet<K> {
    db: Db,
    keys: Vec<K>,
    is_consistent: bool,
}

builder_debug!([K] BatchGet<K>);

/// A batch of reads that is under way.
struct Reading<K: PrimaryKey> {
    db: Db,
    table: Arc<str>,
    /// The keys, each once, in the order in which they were given, by the JSON that is sent and that tells one from
    /// another. A place is a position in it.
    asked: IndexMap<Vec<u8>, K, RandomState>,
    is_consistent: bool,
}

impl<K: PrimaryKey> BatchGet<K> {
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
    fn checked(self) -> Result<Reading<K>, Error> {
        let Self { db, keys, is_consistent } = self;
        let table = db.table_name::<K::Model>();
        let mut asked = IndexMap::with_capacity_and_hasher(keys.len(), RandomState::default());
        for key in keys {
            let json = checked_json(&key).map_err(|error| error.during(Operation::BatchGetItem, &table))?;
            asked.entry(json).or_insert(key);
        }
        Ok(Reading { db, table, asked, is_consistent })
    }
}

impl<K: PrimaryKey> Reading<K> {
    fn requests(&self) -> impl Iterator<Item = Vec<usize>> + use<K> {
        requests(self.asked.len())
    }

    fn call(&self, places: &[usize]) -> Call {
        let keys = places.iter().map(|place| (&*self.table, self.json(*place)));
        let body = wire::request(keys, self.is_consistent);
        Call::new(Operation::BatchGetItem, Arc::clone(&self.table), body)
    }

    fn json(&self, place: usize) -> &[u8] {
        match self.asked.get_index(place) {
            Some((json, _)) => json,
            None => unreachable!("places are positions of the keys"),
        }
    }

    async fn read(self) -> Result<BatchGot<K::Model>, Error> {
        let mut outcomes = Outcomes::new(self.asked.len());
        rounds::run(&self.db, &self, &mut outcomes, self.requests()).await;
        Ok(BatchGot::of(self.asked.into_values().zip(outcomes.into_result()?)))
    }

    /// What an answer to a request for `places` holds, and the places that it left out.
    fn take(
        &self,
        batch: Batch<K::Model, Vec<u8>>,
        places: &[usize],
    ) -> Result<Taken<Items<K::Model>>, Error> {
        let left = self.left_out(&batch.unprocessed, places)?;
        let mut is_waited_for = vec![false; self.asked.len()];
        places.iter().for_each(|place| is_waited_for[*place] = true);
        left.iter().for_each(|place| is_waited_for[*place] = false);
        let now = self.db.now();
        let mut found = Vec::with_capacity(batch.items.len());
        let mut json = Writer::with_capacity(128);
        for item in batch.items {
            json.truncate(0);
            item.encode_primary_key(&mut json)?;
            let place = self.asked.get_index_of(json.as_bytes());
            let place = place.filter(|place| mem::take(&mut is_waited_for[*place])).ok_or_else(unasked)?;
            if expiry::is_alive(&item, now) {
                found.push((place, item));
            }
        }
        Ok(Taken { content: found, left })
    }

    /// Which of `places` an answer names as unprocessed, in whatever form it writes their keys.
    fn left_out(&self, unprocessed: &[Vec<u8>], places: &[usize]) -> Result<Vec<usize>, Error> {
        if unprocessed.is_empty() {
            return Ok(Vec::new());
        }
        let mut canonical = HashMap::with_capacity(places.len());
        for place in places {
            canonical.insert(canonical_key(self.json(*place), K::Model::TABLE)?, *place);
        }
        unprocessed.iter().map(|key| canonical.remove(key).ok_or_else(unasked)).collect()
    }
}

/// The places that each request for so many keys asks for.
pub(super) fn requests(keys: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..keys)
        .step_by(MAX_BATCH_GET_KEYS)
        .map(move |first| (first..keys.min(first + MAX_BATCH_GET_KEYS)).collect())
}

impl<K: PrimaryKey> Exchange for Reading<K> {
    type Content = Items<K::Model>;

    async fn send(&self, places: &[usize]) -> Result<Taken<Self::Content>, Error> {
        let read = |body: &[u8]| wire::response::<K::Model>(body, places.len());
        let answer = self.db.send(self.call(places), read).await?;
        self.take(answer.value, places).map_err(|error| error.during(Operation::BatchGetItem, &self.table))
    }
}

pub(super) fn checked_json<K: PrimaryKey>(key: &K) -> Result<Vec<u8>, Error> {
    let json = encoded_key(key)?;
    check_key(&json, K::Model::TABLE)?;
    Ok(json)
}

pub(super) fn unasked() -> Error {
    Error::new(ErrorKind::Decode, "the answer names a key that was not asked for")
}

impl<K: PrimaryKey> IntoFuture for BatchGet<K> {
    type Output = Result<BatchGot<K::Model>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.checked()?.read().await })
    }
}
