use std::{future::IntoFuture, marker::PhantomData, ops::Range};

use dynamorm_core::{
    Error, ErrorKind,
    codec::Reader,
    expression::{Condition, Placeholders},
    model::{Model, WriteContext},
    transport::{BoxFuture, Operation},
    wire::{self, is_same_item, put_item::Options},
};

use super::{
    condition::{Conditions, check},
    returning::{NewImage, Nothing, OldImage},
};
use crate::{Db, Explanation, call::Call, expiry};

impl Db {
    /// Writes a new item; [`ErrorKind::AlreadyExists`] if there is one with its primary key. One request.
    ///
    /// An item that has expired counts as absent. The error carries the stored item ([`Error::stored`]). A create
    /// that was sent again after its answer was lost, and met what it had written itself, is a success.
    pub fn create<'a, M: Model>(&self, item: &'a M) -> Create<'a, M> {
        Create { db: self.clone(), item, returning: PhantomData }
    }

    /// Writes the whole item, replacing any item with the same primary key. One request.
    ///
    /// A model with a `version` is replaced only if the stored version is the item's
    /// ([`ErrorKind::ConditionFailed`]); version 0 stands for an item that is not there yet.
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

/// Writes a new item: what [`Db::create`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct Create<'a, M, R = Nothing> {
    db: Db,
    item: &'a M,
    returning: PhantomData<fn() -> R>,
}

builder_debug!(['a, M, R] Create<'a, M, R>);

/// A request and where in it the item stands.
struct Prepared {
    call: Call,
    item: Range<usize>,
}

impl Prepared {
    fn item(&self) -> &[u8] {
        self.call.body.get(self.item.clone()).unwrap_or_default()
    }

    /// The item as it is written: with its version, `created_at` and `updated_at`.
    fn decode<M: Model>(&self) -> Result<M, Error> {
        Ok(M::decode_item(&mut Reader::new(self.item())?)?)
    }
}

fn prepare<M: Model>(db: &Db, item: &M, options: Options<'_>) -> Result<Prepared, Error> {
    let table = db.table_name::<M>();
    check(options.placeholders)
        .and_then(|()| wire::put_item::request(&table, item, &WriteContext { now: db.now() }, options))
        .map_err(|error| error.during(Operation::PutItem, &table))
        .map(|(body, item)| Prepared { call: Call::new(Operation::PutItem, table, body), item })
}

impl<'a, M: Model, R> Create<'a, M, R> {
    /// Gives the item as it is written: with its version, `created_at` and `updated_at`. No further request.
    pub fn returning_new(self) -> Create<'a, M, NewImage> {
        Create { db: self.db, item: self.item, returning: PhantomData }
    }

    /// The exact request, without sending it.
    ///
    /// # Errors
    /// When the item has a value that DynamoDB cannot hold, or is over a limit.
    pub fn explain(&self) -> Result<Explanation, Error> {
        self.prepare().map(|prepared| prepared.call.explain())
    }

    fn prepare(&self) -> Result<Prepared, Error> {
        let (mut condition, mut placeholders) = (String::new(), Placeholders::default());
        expiry::push_absent::<M>(&mut condition, &mut placeholders, self.db.now());
        let options = Options {
            condition: &condition,
            placeholders: &placeholders,
            returns_old: false,
            returns_stored: true,
        };
        prepare(&self.db, self.item, options)
    }
}

async fn create<M: Model>(db: &Db, prepared: &Prepared) -> Result<(), Error> {
    match db.send(prepared.call.clone(), wire::put_item::response::<M>).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::ConditionFailed => {
            // An earlier attempt of this very call may have written the item, and its answer been lost.
            let met_itself = error.attempts() > 1
                && error.stored_json().is_some_and(|stored| is_same_item(stored, prepared.item()));
            if met_itself {
                Ok(())
            } else {
                Err(error.recast(ErrorKind::AlreadyExists, "an item with this primary key exists"))
            }
        }
        Err(error) => Err(error),
    }
}

impl<M: Model> IntoFuture for Create<'_, M, Nothing> {
    type Output = Result<(), Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let prepared = self.prepare();
        let db = self.db;
        Box::pin(async move { create::<M>(&db, &prepared?).await })
    }
}

impl<M: Model> IntoFuture for Create<'_, M, NewImage> {
    type Output = Result<M, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let prepared = self.prepare();
        let db = self.db;
        Box::pin(async move {
            let prepared = prepared?;
            create::<M>(&db, &prepared).await?;
            prepared.decode()
        })
    }
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
    /// Otherwise the call fails with [`ErrorKind::ConditionFailed`] and carries the stored item.
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
    pub fn explain(&self) -> Result<Explanation, Error> {
        self.prepare(false).map(|prepared| prepared.call.explain())
    }

    fn prepare(&self, returns_old: bool) -> Result<Prepared, Error> {
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
        let options = Options {
            condition: &condition,
            placeholders: &placeholders,
            returns_old,
            returns_stored: !condition.is_empty(),
        };
        prepare(&self.db, self.item, options)
    }
}

impl<M: Model> IntoFuture for Put<'_, M, Nothing> {
    type Output = Result<(), Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let prepared = self.prepare(false);
        let db = self.db;
        Box::pin(async move {
            db.send(prepared?.call, wire::put_item::response::<M>).await?;
            Ok(())
        })
    }
}

impl<M: Model> IntoFuture for Put<'_, M, OldImage> {
    type Output = Result<Option<M>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let prepared = self.prepare(true);
        let db = self.db;
        Box::pin(async move {
            let answer = db.send(prepared?.call, wire::put_item::response::<M>).await?;
            Ok(answer.value.filter(|old: &M| expiry::is_alive(old, db.now())))
        })
    }
}

impl<M: Model> IntoFuture for Put<'_, M, NewImage> {
    type Output = Result<M, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let prepared = self.prepare(false);
        let db = self.db;
        Box::pin(async move {
            let prepared = prepared?;
            db.send(prepared.call.clone(), wire::put_item::response::<M>).await?;
            prepared.decode()
        })
    }
}
