use std::{
    collections::{HashMap, HashSet},
    future::IntoFuture,
    sync::Arc,
};

use dynamorm_core::{
    Error, ErrorKind,
    limits::MAX_BATCH_GET_KEYS,
    model::{Model, PrimaryKey, encoded_key},
    transport::{BoxFuture, Operation},
    wire::{self, canonical_key, check_key},
};
use futures_util::{StreamExt as _, stream};

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

/// A key, and its JSON: what is sent, and what tells it from others.
#[derive(Clone)]
struct Asked<K> {
    key: K,
    json: Vec<u8>,
}

/// What is known of one request's keys by now.
struct Chunk<K: PrimaryKey> {
    found: Vec<(Vec<u8>, K::Model)>,
    missing: Vec<K>,
    unread: Vec<K>,
    reason: Option<Error>,
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
        let table = self.db.table_name::<K::Model>();
        let asked = self.asked(&table)?;
        Ok(asked.chunks(MAX_BATCH_GET_KEYS).map(|keys| self.call(&table, keys).explain()).collect())
    }

    /// The keys, each once, checked against DynamoDB's limits.
    fn asked(&self, table: &Arc<str>) -> Result<Vec<Asked<K>>, Error> {
        let mut seen = HashSet::with_capacity(self.keys.len());
        let mut asked = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            let json = checked(key).map_err(|error| error.during(Operation::BatchGetItem, table))?;
            if seen.insert(json.clone()) {
                asked.push(Asked { key: key.clone(), json });
            }
        }
        Ok(asked)
    }

    fn call(&self, table: &Arc<str>, keys: &[Asked<K>]) -> Call {
        let keys = keys.iter().map(|asked| asked.json.as_slice());
        let body = wire::batch_get_item::request(table, keys, self.is_consistent);
        Call::new(Operation::BatchGetItem, Arc::clone(table), body)
    }

    async fn read_all(self) -> Result<BatchGot<K::Model>, Error> {
        let table = self.db.table_name::<K::Model>();
        let asked = self.asked(&table)?;
        let chunks: Vec<_> = asked.chunks(MAX_BATCH_GET_KEYS).map(<[Asked<K>]>::to_vec).collect();
        let reading = chunks.into_iter().map(|keys| self.read_chunk(&table, keys));
        let mut reading = stream::iter(reading).buffered(CONCURRENCY);

        let mut got = BatchGot { found: Vec::new(), missing: Vec::new(), unread: Vec::new() };
        let mut items = HashMap::new();
        let (mut is_anything_known, mut failure) = (asked.is_empty(), None);
        while let Some(chunk) = reading.next().await {
            is_anything_known |= !chunk.found.is_empty() || !chunk.missing.is_empty();
            items.extend(chunk.found);
            got.missing.extend(chunk.missing);
            if let Some(reason) = chunk.reason {
                let reason = Arc::new(reason);
                let unread = chunk.unread.into_iter();
                got.unread.extend(unread.map(|key| Unread { key, reason: Arc::clone(&reason) }));
                failure.get_or_insert(reason);
            }
        }
        drop(reading);
        if !is_anything_known && let Some(reason) = failure {
            drop(got);
            return Err(
                Arc::into_inner(reason).unwrap_or_else(|| unreachable!("the batch that shared it is gone"))
            );
        }
        got.found.extend(asked.iter().filter_map(|asked| items.remove(&asked.json)));
        Ok(got)
    }

    /// Asks for one request's keys until each is read, or it is of no use any more.
    async fn read_chunk(&self, table: &Arc<str>, mut keys: Vec<Asked<K>>) -> Chunk<K> {
        let mut chunk = Chunk { found: Vec::new(), missing: Vec::new(), unread: Vec::new(), reason: None };
        let mut useless_tries = 0;
        loop {
            let answer =
                self.db.send(self.call(table, &keys), wire::batch_get_item::response::<K::Model>).await;
            let read = answer.and_then(|answer| chunk.take(answer.value, &keys, &self.db));
            let left = match read {
                Ok(left) => left,
                Err(error) => return chunk.end(keys, error.during(Operation::BatchGetItem, table)),
            };
            if left.is_empty() {
                return chunk;
            }
            useless_tries = if left.len() < keys.len() { 0 } else { useless_tries + 1 };
            keys = left;
            if useless_tries == MAX_USELESS_TRIES {
                let message = format!("the engine left the keys out of {MAX_USELESS_TRIES} answers in a row");
                let error = Error::new(ErrorKind::Throttled, message);
                return chunk.end(keys, error.during(Operation::BatchGetItem, table));
            }
            backoff::pause(&self.db, useless_tries).await;
        }
    }
}

impl<K: PrimaryKey> Chunk<K> {
    /// Sorts what an answer says of `keys`, and gives those that it left out. Changes nothing if it cannot be understood.
    fn take(
        &mut self,
        batch: wire::batch_get_item::Batch<K::Model>,
        keys: &[Asked<K>],
        db: &Db,
    ) -> Result<Vec<Asked<K>>, Error> {
        let left = left_out(&batch.unprocessed, keys)?;
        let mut waiting: HashMap<&[u8], &K> =
            keys.iter().map(|asked| (asked.json.as_slice(), &asked.key)).collect();
        for asked in &left {
            waiting.remove(asked.json.as_slice());
        }
        let now = db.now();
        let (mut found, mut missing) = (Vec::with_capacity(batch.items.len()), Vec::new());
        for item in batch.items {
            let json = encoded_key(&item.primary_key())?;
            let key = waiting.remove(json.as_slice()).ok_or_else(unasked)?;
            if expiry::is_alive(&item, now) {
                found.push((json, item));
            } else {
                missing.push(key.clone());
            }
        }
        self.found.extend(found);
        self.missing.extend(missing);
        let absent = keys.iter().filter(|asked| waiting.contains_key(asked.json.as_slice()));
        self.missing.extend(absent.map(|asked| asked.key.clone()));
        Ok(left)
    }

    fn end(mut self, unread: Vec<Asked<K>>, reason: Error) -> Self {
        self.unread.extend(unread.into_iter().map(|asked| asked.key));
        self.reason = Some(reason);
        self
    }
}

fn checked<K: PrimaryKey>(key: &K) -> Result<Vec<u8>, Error> {
    let json = encoded_key(key)?;
    check_key(&json, K::Model::TABLE)?;
    Ok(json)
}

/// Which of `keys` an answer names as unprocessed, in whatever form it writes them.
fn left_out<K: PrimaryKey>(unprocessed: &[Vec<u8>], keys: &[Asked<K>]) -> Result<Vec<Asked<K>>, Error> {
    if unprocessed.is_empty() {
        return Ok(Vec::new());
    }
    let mut canonical = HashMap::with_capacity(keys.len());
    for asked in keys {
        canonical.insert(canonical_key(&asked.json, K::Model::TABLE)?, asked);
    }
    unprocessed.iter().map(|key| canonical.remove(key).cloned().ok_or_else(unasked)).collect()
}

fn unasked() -> Error {
    Error::new(ErrorKind::Decode, "the answer names a key that was not asked for")
}

impl<K: PrimaryKey> IntoFuture for BatchGet<K> {
    type Output = Result<BatchGot<K::Model>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.read_all())
    }
}
