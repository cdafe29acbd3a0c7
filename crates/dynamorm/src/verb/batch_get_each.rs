use std::future::IntoFuture;

use dynamorm_core::{
    Error,
    codec::{DecodeError, Reader},
    model::PrimaryKey,
    transport::{BoxFuture, Operation},
    wire::{
        Answer, Unprocessed,
        batch_get_item::{self as wire, Batch},
    },
};

use super::{
    by_item::ByItem,
    key_lists::{AnyItem, Asked, Found, GrowingKeyLists, KeyLists},
};
use crate::{
    Db, Explanation,
    call::Call,
    outcomes::{Awaited, Held, Outcomes, requests, unasked},
    rounds::{self, Exchange, Taken},
};

impl Db {
    /// Reads the items of keys of several models, of one table or several: 100 keys a request over all of them, four
    /// requests at once.
    ///
    /// Each [`BatchGetEach::keys`] adds a list of one model's keys, and what became of them is at its place in the
    /// result; all else is as with [`Db::batch_get`].
    ///
    /// # Errors
    /// As with [`Db::batch_get`], where "nothing at all was read" is of all lists; and
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) when one item is asked for in two lists.
    pub fn batch_get_each(&self) -> BatchGetEach<()> {
        BatchGetEach { db: self.clone(), lists: (), is_consistent: false }
    }
}

/// Reads many items of several models: what [`Db::batch_get_each`] returns.
#[derive(Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct BatchGetEach<L> {
    db: Db,
    lists: L,
    is_consistent: bool,
}

builder_debug!([L] BatchGetEach<L>);

impl<L: KeyLists> BatchGetEach<L> {
    /// Adds the keys of one model's items, up to eight such lists.
    pub fn keys<K: PrimaryKey>(self, keys: impl IntoIterator<Item = K>) -> BatchGetEach<L::With<K>>
    where
        L: GrowingKeyLists,
    {
        let lists = self.lists.with(keys.into_iter().collect());
        BatchGetEach { db: self.db, lists, is_consistent: self.is_consistent }
    }

    /// Sees every write that was acknowledged before; costs twice the capacity.
    pub fn consistent(mut self) -> Self {
        self.is_consistent = true;
        self
    }

    /// The exact requests, without sending them.
    ///
    /// # Errors
    /// When a key is empty or over a limit, or asked for in two lists.
    pub fn explain(&self) -> Result<Vec<Explanation>, Error> {
        let reading = self.checked()?;
        Ok(requests(reading.asked.len()).map(|places| reading.call(&places).explain()).collect())
    }

    fn checked(&self) -> Result<Reading, Error> {
        let mut asked = ByItem::with_capacity(0);
        self.lists.ask(&self.db, &mut asked)?;
        asked.sort_by_table();
        Ok(Reading { db: self.db.clone(), asked, is_consistent: self.is_consistent })
    }
}

impl<L: KeyLists> IntoFuture for BatchGetEach<L> {
    type Output = Result<L::Got, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let reading = self.checked()?;
            let mut outcomes = Outcomes::new(reading.asked.len());
            rounds::run(&self.db, &reading, &mut outcomes, requests(reading.asked.len())).await;
            let outcomes = outcomes.into_result()?;
            let mut found = Found::default();
            for (asked, outcome) in reading.asked.values().zip(outcomes) {
                found.put(asked, outcome);
            }
            Ok(self.lists.got(found))
        })
    }
}

/// A batch of reads that is under way.
struct Reading {
    db: Db,
    asked: ByItem<Asked>,
    is_consistent: bool,
}

impl Reading {
    fn call(&self, places: &[usize]) -> Call {
        let keys = places.iter().map(|place| (&**self.asked.table(*place), &*self.asked.get(*place).json));
        let body = wire::request(keys, &[], self.is_consistent);
        Call::new(Operation::BatchGetItem, self.asked.table_of(places), body)
    }

    /// What an answer to a request for `places` holds, and the places that it left out.
    fn take(
        &self,
        batch: Batch<(usize, Option<AnyItem>), Unprocessed>,
        places: &[usize],
    ) -> Result<Held<AnyItem>, DecodeError> {
        let mut awaited = Awaited::new(places);
        let mut left = Vec::with_capacity(batch.unprocessed.len());
        for key in batch.unprocessed {
            let place = self.asked.place_of(&key.table, key.key);
            left.push(place.filter(|place| awaited.answer(*place)).ok_or_else(unasked)?);
        }
        // A request names each table once, whatever the order of the answer.
        left.sort_unstable();
        let mut found = Vec::with_capacity(batch.items.len());
        for (place, item) in batch.items {
            if !awaited.answer(place) {
                return Err(unasked());
            }
            found.extend(item.map(|item| (place, item)));
        }
        Ok((found, left))
    }
}

impl Exchange for Reading {
    type Content = Vec<(usize, AnyItem)>;

    async fn send(&self, places: &[usize]) -> Result<Taken<Self::Content>, Error> {
        let now = self.db.now();
        let item = |table: &str, key: Vec<u8>, reader: &mut Reader<'_>| {
            let place = self.asked.place_of(table, key).ok_or_else(unasked)?;
            let decode = self.asked.get(place).decode;
            Ok((place, decode(reader, now)?))
        };
        let read = |body: &[u8]| {
            let answer = wire::response_of_tables(body, |name| self.asked.definition_of(name), item)?;
            Ok(Answer::new(self.take(answer.value, places)?, answer.consumed_capacity))
        };
        let answer = self.db.send(self.call(places), read).await?;
        let Answer { value: (content, left), attempts, consumed_capacity, .. } = answer;
        Ok(Taken { content, left, attempts, consumed_capacity })
    }

    fn locate(&self, error: Error, places: &[usize]) -> Error {
        error.during(Operation::BatchGetItem, &self.asked.table_of(places))
    }
}
