use std::{future::IntoFuture, marker::PhantomData};

use dynamorm_core::{
    Error, ErrorKind,
    expression::Placeholders,
    model::Model,
    transport::BoxFuture,
    wire::{self, put_item::Options},
};

use super::{
    put_item::{Prepared, prepare},
    refusal::met_itself,
    returning::{NewImage, Nothing},
    transact_action::{PreparedAction, TransactAction},
};
use crate::{Db, Explanation, expiry};

impl Db {
    /// Writes a new item; [`ErrorKind::AlreadyExists`] if there is one with its primary key. One request.
    ///
    /// An item that has expired counts as absent. The error carries the stored item ([`Error::stored`]). A create
    /// that was sent again after its answer was lost, and met what it had written itself, is a success.
    pub fn create<'a, M: Model>(&self, item: &'a M) -> Create<'a, M> {
        Create { db: self.clone(), item, returning: PhantomData }
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
        self.build(|options| prepare(&self.db, self.item, options))
    }

    fn build<T>(&self, finish: impl FnOnce(Options<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let (mut condition, mut placeholders) = (String::new(), Placeholders::default());
        expiry::push_absent::<M>(&mut condition, &mut placeholders, self.db.now());
        let options = Options {
            condition: &condition,
            placeholders: &placeholders,
            returns_old: false,
            returns_stored: true,
        };
        finish(options)
    }
}

impl<M: Model> TransactAction for Create<'_, M, Nothing> {
    const VERB: &'static str = "create";

    fn prepare_action(mut self, db: &Db) -> Result<PreparedAction, Error> {
        self.db = db.clone();
        self.build(|options| PreparedAction::put(&self.db, self.item, options, |error, _| exists(error)))
    }
}

/// The kind of a refused create.
fn exists(error: Error) -> Error {
    if error.kind() != ErrorKind::ConditionFailed {
        return error;
    }
    error.recast(ErrorKind::AlreadyExists, "an item with this primary key exists")
}

async fn create<M: Model>(db: &Db, prepared: &Prepared) -> Result<(), Error> {
    match db.send(prepared.call.clone(), wire::put_item::response::<M>).await {
        Ok(_) => Ok(()),
        // An earlier attempt of this very call may have written the item, and its answer been lost.
        Err(error) if met_itself(&error, prepared.item()) => Ok(()),
        Err(error) => Err(exists(error)),
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
