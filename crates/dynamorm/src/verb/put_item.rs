use std::{future::IntoFuture, marker::PhantomData, ops::Range};

use dynamorm_core::{
    Error,
    codec::Reader,
    expression::{Condition, Placeholders},
    model::{Model, WriteContext},
    transport::{BoxFuture, Operation, Repeat},
    wire::{self, put_item::Options, update_item::Returned},
};

use super::{
    condition::{Conditions, check, check_expression},
    refusal::{met_itself, without_expired},
    returning::{Image, NewImage, Nothing, OldImage},
    transact_action::{PreparedAction, TransactAction},
};
use crate::{Db, Explanation, call::Call, expiry};

impl Db {
    /// Writes the whole item, replacing any item with the same primary key. One request.
    ///
    /// A model with a `version` is replaced only if the stored version is the item's
    /// ([`ErrorKind::ConditionFailed`](crate::ErrorKind::ConditionFailed)); version 0 stands for an item that is not
    /// there yet.
    pub fn put<'a, M: Model>(&self, item: &'a M) -> Put<'a, M> {
        Put {
            db: self.clone(),
            item,
            conditions: Conditions::default(),
            placeholders: Placeholders::default(),
            returning: PhantomData,
        }
    }
}

/// A request and where in it the item stands.
pub(super) struct Prepared {
    pub(super) call: Call,
    item: Range<usize>,
}

impl Prepared {
    pub(super) fn item(&self) -> &[u8] {
        self.call.body.get(self.item.clone()).unwrap_or_default()
    }

    /// The item as it is written: with its version, `created_at` and `updated_at`.
    pub(super) fn decode<M: Model>(&self) -> Result<M, Error> {
        Reader::new(self.item())
            .and_then(|mut reader| M::decode_item(&mut reader))
            .map_err(|error| Error::from(error).during(Operation::PutItem, &self.call.table))
    }
}

pub(super) fn prepare<M: Model>(db: &Db, item: &M, options: Options<'_>) -> Result<Prepared, Error> {
    let table = db.table_name::<M>();
    check(options.placeholders)
        .and_then(|()| wire::put_item::request(&table, item, &WriteContext { now: db.now() }, options))
        .map_err(|error| error.during(Operation::PutItem, &table))
        .map(|(body, item)| Prepared { call: Call::new(Operation::PutItem, table, body), item })
}

/// Writes a whole item: what [`Db::put`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct Put<'a, M, R = Nothing> {
    db: Db,
    item: &'a M,
    conditions: Conditions,
    placeholders: Placeholders,
    returning: PhantomData<fn() -> R>,
}

builder_debug!(['a, M, R] Put<'a, M, R>);

impl<'a, M: Model, R> Put<'a, M, R> {
    /// Writes only if `condition` holds for the stored item; an absent or expired item has no attributes.
    ///
    /// Otherwise the call fails with [`ErrorKind::ConditionFailed`](crate::ErrorKind::ConditionFailed) and carries the
    /// stored item.
    pub fn only_if(mut self, condition: impl Condition<Model = M>) -> Self {
        self.conditions.add(&condition, &mut self.placeholders);
        self
    }

    /// Gives the item that was replaced; `None` if there was none, or it had expired.
    pub fn returning_old(self) -> Put<'a, M, OldImage> {
        self.returning()
    }

    /// Gives the item as it is written: with its version, `created_at` and `updated_at`. No further request.
    pub fn returning_new(self) -> Put<'a, M, NewImage> {
        self.returning()
    }

    fn returning<T>(self) -> Put<'a, M, T> {
        Put {
            db: self.db,
            item: self.item,
            conditions: self.conditions,
            placeholders: self.placeholders,
            returning: PhantomData,
        }
    }

    /// The exact request, without sending it.
    ///
    /// # Errors
    /// When the item or a condition has a value that DynamoDB cannot hold, or is over a limit.
    pub fn explain(&self) -> Result<Explanation, Error>
    where
        R: Image,
    {
        self.prepare().map(|prepared| prepared.call.explain())
    }

    fn prepare(&self) -> Result<Prepared, Error>
    where
        R: Image,
    {
        self.build(|options| prepare(&self.db, self.item, options))
    }

    fn build<T>(&self, finish: impl FnOnce(Options<'_>) -> Result<T, Error>) -> Result<T, Error>
    where
        R: Image,
    {
        let mut placeholders = self.placeholders.clone();
        let now = self.db.now();
        let condition = match (M::TABLE.version, self.item.version()) {
            (Some(_), None | Some(0)) => self.conditions.of_absent::<M>(&mut placeholders, now),
            (Some(attribute), Some(version)) => {
                let mut conditions = self.conditions.clone();
                conditions.add_version(attribute, version, &mut placeholders);
                conditions.of_any::<M>(&mut placeholders, now)
            }
            (None, _) => self.conditions.of_any::<M>(&mut placeholders, now),
        };
        check_expression(&condition)?;
        let options = Options {
            condition: &condition,
            placeholders: &placeholders,
            returns_old: R::RETURNED == Returned::Old,
            returns_stored: !condition.is_empty(),
        };
        finish(options)
    }
}

impl<M: Model> TransactAction for Put<'_, M, Nothing> {
    const VERB: &'static str = "put";

    fn prepare_action(mut self, db: &Db) -> Result<PreparedAction, Error> {
        self.db = db.clone();
        self.build(|options| PreparedAction::put(&self.db, self.item, options, without_expired::<M>))
    }
}

/// Sends a put; gives the item that was replaced, where it was asked for.
///
/// A put that was sent again after its answer was lost, and met what it had written itself, is a success.
async fn put<M: Model>(db: &Db, prepared: &Prepared) -> Result<Option<M>, Error> {
    match db.send(prepared.call.clone(), wire::put_item::response::<M>).await {
        Ok(answer) => Ok(answer.value.filter(|old: &M| expiry::is_alive(old, db.now()))),
        Err(error) if met_itself(&error, prepared.item()) => Ok(None),
        Err(error) => Err(without_expired::<M>(error, db.now())),
    }
}

impl<M: Model> IntoFuture for Put<'_, M, Nothing> {
    type Output = Result<(), Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let prepared = self.prepare();
        let db = self.db;
        Box::pin(async move { put::<M>(&db, &prepared?).await.map(drop) })
    }
}

impl<M: Model> IntoFuture for Put<'_, M, OldImage> {
    type Output = Result<Option<M>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let prepared = self.prepare().map(|mut prepared| {
            // A second run would find as the old image what the first one left.
            prepared.call.repeat = Repeat::Unsafe;
            prepared
        });
        let db = self.db;
        Box::pin(async move { put::<M>(&db, &prepared?).await })
    }
}

impl<M: Model> IntoFuture for Put<'_, M, NewImage> {
    type Output = Result<M, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let prepared = self.prepare();
        let db = self.db;
        Box::pin(async move {
            let prepared = prepared?;
            put::<M>(&db, &prepared).await?;
            prepared.decode()
        })
    }
}
