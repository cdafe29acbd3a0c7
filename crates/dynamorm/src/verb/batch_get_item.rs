use std::{collections::HashMap, future::IntoFuture, mem, sync::Arc};

use dynamorm_core::{
    Error, ErrorKind,
    codec::Writer,
    limits::MAX_BATCH_GET_KEYS,
    model::{Model, PrimaryKey, encoded_key},
    transport::{BoxFuture, Operation},
    wire::{self, batch_get_item::Batch, canonical_key, check_key},
};
use futures_util::{StreamExt as _, stream};
use indexmap::IndexMap;

use crate::{Db, Explanation, backoff, call::Call, expiry};

/// How many requests are under way at once.
const CONCURRENCY: usize = 4;

/// How many tries in a row may read nothing before the keys count as unread. With pauses of up to 5 s, which double
/// from 50 ms, that is about 12 s at most.
const MAX_USELESS_TRIES: u32 = 8;

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

/// What a batch of reads gave. Every key that was asked for is in one of the three.
#[derive(Debug)]
#[must_use = "keys may be left unread"]
pub struct BatchGot<M: Model> {
    /// The items that were found, in the order of their keys.
    pub found: Vec<M>,
    /// The keys of which there is no item, or one that has expired.
    pub missing: Vec<M::Key>,
    /// The keys of which nothing is known.
    pub unread: Vec<Unread<M::Key>>,
}

/// A key that could not be read.
#[derive(Clone, Debug)]
pub struct Unread<K> {
    /// The key.
    pub key: K,
    /// Why; keys of one request share it.
    pub reason: Arc<Error>,
}

impl<M: Model> BatchGot<M> {
    /// The items, in the order of their keys, where every key was read.
    ///
    /// # Errors
    /// The reason why the first unread key was not read.
    pub fn complete(self) -> Result<Vec<M>, Arc<Error>> {
        match self.unread.into_iter().next() {
            Some(unread) => Err(unread.reason),
            None => Ok(self.found),
        }
    }
}

/// A batch of reads that is under way.
struct Reading<K: PrimaryKey> {
    db: Db,
    table: Arc<str>,
    /// The keys, each once, in the order in which they were given, by the JSON that is sent and that tells one from
    /// another. A place is a position in it.
    asked: IndexMap<Vec<u8>, K>,
    is_consistent: bool,
}

/// What became of one key.
enum Outcome<M> {
    Missing,
    Found(M),
    Unread(Arc<Error>),
}

/// What became of one request's keys: those that are in neither have no item.
struct Chunk<M> {
    found: Vec<(usize, M)>,
    failure: Option<(Vec<usize>, Error)>,
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
        let mut asked = IndexMap::with_capacity(keys.len());
        for key in keys {
            let json = checked_json(&key).map_err(|error| error.during(Operation::BatchGetItem, &table))?;
            asked.entry(json).or_insert(key);
        }
        Ok(Reading { db, table, asked, is_consistent })
    }
}

impl<K: PrimaryKey> Reading<K> {
    /// The places that each request asks for.
    fn requests(&self) -> impl Iterator<Item = Vec<usize>> + use<K> {
        let end = self.asked.len();
        (0..end)
            .step_by(MAX_BATCH_GET_KEYS)
            .map(move |first| (first..end.min(first + MAX_BATCH_GET_KEYS)).collect())
    }

    fn call(&self, places: &[usize]) -> Call {
        let keys = places.iter().map(|place| self.json(*place));
        let body = wire::batch_get_item::request(&self.table, keys, self.is_consistent);
        Call::new(Operation::BatchGetItem, Arc::clone(&self.table), body)
    }

    fn json(&self, place: usize) -> &[u8] {
        match self.asked.get_index(place) {
            Some((json, _)) => json,
            None => unreachable!("places are positions of the keys"),
        }
    }

    async fn read(self) -> Result<BatchGot<K::Model>, Error> {
        let mut outcomes: Vec<_> = self.asked.iter().map(|_| Outcome::Missing).collect();
        let (mut failure, mut unread) = (None, 0);
        let mut chunks =
            stream::iter(self.requests()).map(|places| self.read_chunk(places)).buffer_unordered(CONCURRENCY);
        while let Some(chunk) = chunks.next().await {
            for (place, item) in chunk.found {
                outcomes[place] = Outcome::Found(item);
            }
            if let Some((places, reason)) = chunk.failure {
                let reason = Arc::new(reason);
                unread += places.len();
                for place in places {
                    outcomes[place] = Outcome::Unread(Arc::clone(&reason));
                }
                failure.get_or_insert(reason);
            }
        }
        drop(chunks);
        if unread == outcomes.len()
            && let Some(reason) = failure
        {
            drop(outcomes);
            return Err(Arc::into_inner(reason).unwrap_or_else(|| unreachable!("the outcomes shared it")));
        }
        let mut got = BatchGot { found: Vec::new(), missing: Vec::new(), unread: Vec::new() };
        for (key, outcome) in self.asked.into_values().zip(outcomes) {
            match outcome {
                Outcome::Missing => got.missing.push(key),
                Outcome::Found(item) => got.found.push(item),
                Outcome::Unread(reason) => got.unread.push(Unread { key, reason }),
            }
        }
        Ok(got)
    }

    /// Asks for one request's keys until each is read, or it is of no use any more.
    async fn read_chunk(&self, mut places: Vec<usize>) -> Chunk<K::Model> {
        let mut found = Vec::new();
        let mut useless_tries = 0;
        loop {
            let understood = found.len();
            let answer = self.db.send(self.call(&places), wire::batch_get_item::response::<K::Model>).await;
            let left = match answer.and_then(|answer| self.take(answer.value, &places, &mut found)) {
                Ok(left) => left,
                Err(error) => {
                    found.truncate(understood);
                    return self.given_up(found, places, error);
                }
            };
            if left.is_empty() {
                return Chunk { found, failure: None };
            }
            useless_tries = if left.len() < places.len() { 0 } else { useless_tries + 1 };
            places = left;
            if useless_tries == MAX_USELESS_TRIES {
                let message = format!("the engine left the keys out of {MAX_USELESS_TRIES} answers in a row");
                return self.given_up(found, places, Error::new(ErrorKind::Throttled, message));
            }
            backoff::pause(&self.db, useless_tries).await;
        }
    }

    fn given_up(&self, found: Vec<(usize, K::Model)>, unread: Vec<usize>, error: Error) -> Chunk<K::Model> {
        Chunk { found, failure: Some((unread, error.during(Operation::BatchGetItem, &self.table))) }
    }

    /// Adds what an answer to a request for `places` holds to `found`, and gives the places that it left out. If the
    /// answer cannot be understood, what was added of it does not count.
    fn take(
        &self,
        batch: Batch<K::Model>,
        places: &[usize],
        found: &mut Vec<(usize, K::Model)>,
    ) -> Result<Vec<usize>, Error> {
        let left = self.left_out(&batch.unprocessed, places)?;
        let mut is_waited_for = vec![false; self.asked.len()];
        places.iter().for_each(|place| is_waited_for[*place] = true);
        left.iter().for_each(|place| is_waited_for[*place] = false);
        let now = self.db.now();
        found.reserve(batch.items.len());
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
        Ok(left)
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

fn checked_json<K: PrimaryKey>(key: &K) -> Result<Vec<u8>, Error> {
    let json = encoded_key(key)?;
    check_key(&json, K::Model::TABLE)?;
    Ok(json)
}

fn unasked() -> Error {
    Error::new(ErrorKind::Decode, "the answer names a key that was not asked for")
}

impl<K: PrimaryKey> IntoFuture for BatchGet<K> {
    type Output = Result<BatchGot<K::Model>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.checked()?.read().await })
    }
}
