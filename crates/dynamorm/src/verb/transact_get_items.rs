use std::{future::IntoFuture, marker::PhantomData, sync::Arc};

use dynamorm_core::{
    Error, ErrorKind, FailedAction,
    codec::DecodeError,
    limits::MAX_TRANSACTION_ACTIONS,
    model::PrimaryKey,
    transport::{BoxFuture, Operation},
    wire::{self, Answer, checked_key},
};
use indexmap::IndexSet;

use super::{
    transact_read::{Grow, Items, Many, One, Shape},
    transaction,
};
use crate::{
    Db, Explanation,
    call::{Call, one_table},
};

impl Db {
    /// Reads up to 100 items of any models and tables as they are at one instant. One request, at twice the capacity of
    /// consistent reads.
    ///
    /// Awaited, it gives a result for each `get` and `get_all`, as a tuple; a single one stands alone. An item that has
    /// expired counts as absent, a key that is given twice is sent once. While a write is under way on one of the items
    /// it is tried again, eight times at most, with pauses that grow; then it fails with [`ErrorKind::Conflict`].
    ///
    /// # Errors
    /// Before anything is sent, [`ErrorKind::Validation`] for more than 100 keys, and for a key that is empty or over a
    /// limit.
    pub fn transact_get(&self) -> TransactGet {
        TransactGet {
            db: self.clone(),
            reads: IndexSet::new(),
            places: Vec::new(),
            counts: Vec::new(),
            failure: None,
            shape: PhantomData,
        }
    }
}

/// Reads several items at one instant: what [`Db::transact_get`] returns. `S` is the shape of its results.
#[must_use = "nothing is sent until it is awaited"]
pub struct TransactGet<S = ()> {
    db: Db,
    /// The table and the key of each item, once, as they are sent.
    reads: IndexSet<(Arc<str>, Vec<u8>)>,
    /// Where in the request each key stands, in the order in which they were given.
    places: Vec<usize>,
    /// How many keys each result takes.
    counts: Vec<usize>,
    failure: Option<Error>,
    shape: PhantomData<fn() -> S>,
}

builder_debug!([S] TransactGet<S>);

impl<S> TransactGet<S> {
    /// Reads the item of `key`: `Option<M>`.
    pub fn get<K: PrimaryKey>(mut self, key: K) -> TransactGet<S::With>
    where
        S: Grow<One<K::Model>>,
    {
        self.add(&key);
        self.counts.push(1);
        self.in_shape()
    }

    /// Reads the items of `keys`, of one model: `Vec<Option<M>>`, in the order of the keys.
    pub fn get_all<K: PrimaryKey>(mut self, keys: impl IntoIterator<Item = K>) -> TransactGet<S::With>
    where
        S: Grow<Many<K::Model>>,
    {
        let before = self.places.len();
        keys.into_iter().for_each(|key| self.add(&key));
        self.counts.push(self.places.len() - before);
        self.in_shape()
    }

    fn add<K: PrimaryKey>(&mut self, key: &K) {
        let table = self.db.table_name::<K::Model>();
        match checked_key(key) {
            Ok(json) => self.places.push(self.reads.insert_full((table, json)).0),
            Err(error) => {
                self.failure.get_or_insert(
                    error
                        .in_action(&format!("get {}", self.places.len() + 1))
                        .during(Operation::TransactGetItems, &table),
                );
                self.places.push(0);
            }
        }
    }

    fn in_shape<T>(self) -> TransactGet<T> {
        TransactGet {
            db: self.db,
            reads: self.reads,
            places: self.places,
            counts: self.counts,
            failure: self.failure,
            shape: PhantomData,
        }
    }

    /// The exact request, without sending it. Its table is the one of all keys; empty if there are several.
    ///
    /// # Errors
    /// What is refused before anything is sent.
    pub fn explain(&self) -> Result<Explanation, Error> {
        if let Some(error) = &self.failure {
            return Err(error.without_source());
        }
        self.call().map(|call| call.explain())
    }

    fn call(&self) -> Result<Call, Error> {
        let table = one_table(self.reads.iter().map(|(table, _)| table));
        let count = self.reads.len();
        if count > MAX_TRANSACTION_ACTIONS {
            let message =
                format!("a transaction reads {count} items; the limit is {MAX_TRANSACTION_ACTIONS}");
            return Err(
                Error::new(ErrorKind::Validation, message).during(Operation::TransactGetItems, &table)
            );
        }
        let reads = self.reads.iter().map(|(table, key)| (&**table, &**key));
        Ok(Call::new(Operation::TransactGetItems, table, wire::transact_get_items::request(reads)))
    }

    /// The read that stood in the way, at `position` of the request.
    fn failed(&self, position: usize, error: Error) -> FailedAction {
        let error = match self.reads.get_index(position) {
            Some((table, _)) => error.during(Operation::TransactGetItems, table),
            None => error,
        };
        // A key that was given twice was sent once: reads are numbered as they were given.
        let given = self.places.iter().position(|place| *place == position).unwrap_or(position);
        FailedAction::new(given, format!("get {}", given + 1), error)
    }
}

impl<S: Shape> TransactGet<S> {
    fn read(&self, body: &[u8]) -> Result<Answer<S::Output>, DecodeError> {
        let answer = wire::transact_get_items::response(body)?;
        if answer.value.len() != self.reads.len() {
            let message =
                format!("the answer is of {} items; asked for were {}", answer.value.len(), self.reads.len());
            return Err(DecodeError::new(message).in_attribute("Responses"));
        }
        let value = self.shaped(&answer.value)?;
        Ok(Answer::new(value, answer.consumed_capacity))
    }

    fn shaped(&self, answer: &[Option<&[u8]>]) -> Result<S::Output, DecodeError> {
        S::read(&mut Items {
            places: self.places.iter().copied(),
            counts: self.counts.iter().copied(),
            answer,
            now: self.db.now(),
        })
    }
}

impl<S: Shape> IntoFuture for TransactGet<S> {
    type Output = Result<S::Output, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            if let Some(error) = self.failure.take() {
                return Err(error);
            }
            if self.reads.is_empty() {
                // DynamoDB takes no request for nothing.
                return Ok(self.shaped(&[])?);
            }
            let call = self.call()?;
            let explain = |position, error| self.failed(position, error);
            transaction::send(&self.db, call, |body| self.read(body), explain).await
        })
    }
}
