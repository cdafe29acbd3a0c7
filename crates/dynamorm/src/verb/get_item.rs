use std::{future::IntoFuture, marker::PhantomData, sync::Arc};

use dynamorm_core::{
    Error,
    model::{Model, PrimaryKey, Projection, RawItem, ReadItem},
    transport::{BoxFuture, Operation},
    wire,
};

use crate::{Db, Explanation, call::Call, expiry, paging::with_needed};

impl Db {
    /// Reads the item of `key`; `None` if there is none, or it has expired. One request.
    pub fn get<K: PrimaryKey>(&self, key: K) -> Get<K, K::Model> {
        Get { db: self.clone(), key, is_consistent: false, item: PhantomData }
    }
}

/// Reads one item: what [`Db::get`] returns. `T` is what it is read as.
#[must_use = "nothing is sent until it is awaited"]
pub struct Get<K, T> {
    db: Db,
    key: K,
    is_consistent: bool,
    item: PhantomData<fn() -> T>,
}

builder_debug!([K, T] Get<K, T>);

impl<K: Clone, T> Clone for Get<K, T> {
    fn clone(&self) -> Self {
        Self {
            db: self.db.clone(),
            key: self.key.clone(),
            is_consistent: self.is_consistent,
            item: PhantomData,
        }
    }
}

impl<K: PrimaryKey> Get<K, K::Model> {
    /// Reads the fields of `P` alone. The item costs what a whole one does, and less to carry.
    pub fn project<P: Projection<Model = K::Model>>(self) -> Get<K, P> {
        Get { db: self.db, key: self.key, is_consistent: self.is_consistent, item: PhantomData }
    }
}

impl<K: PrimaryKey, T: ReadItem> Get<K, T> {
    /// Sees every write that was acknowledged before; costs twice the capacity.
    pub fn consistent(mut self) -> Self {
        self.is_consistent = true;
        self
    }

    /// The exact request, without sending it.
    ///
    /// # Errors
    /// When the key is empty or over a limit.
    pub fn explain(&self) -> Result<Explanation, Error> {
        self.call().map(|call| call.explain())
    }

    fn call(&self) -> Result<Call, Error> {
        let table = self.db.table_name::<K::Model>();
        let attributes = with_needed(T::ATTRIBUTES, None, K::Model::TABLE.ttl);
        let body = wire::get_item::request(&table, &self.key, &attributes, self.is_consistent)
            .map_err(|error| error.during(Operation::GetItem, &table))?;
        Ok(Call::new(Operation::GetItem, table, body))
    }
}

impl<K: PrimaryKey, T: ReadItem> IntoFuture for Get<K, T> {
    type Output = Result<Option<T>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.call();
        let db = self.db;
        Box::pin(async move {
            let call = call?;
            match (T::ATTRIBUTES, K::Model::TABLE.ttl) {
                // The projection may not hold the attribute that says when the item expires.
                (Some(_), Some(ttl)) => {
                    let table = Arc::clone(&call.table);
                    let item = db.send(call, wire::get_item::response::<RawItem>).await?.value;
                    item.map_or(Ok(None), |item| expiry::read_alive(&item, ttl, db.now()))
                        .map_err(|error| Error::from(error).during(Operation::GetItem, &table))
                }
                _ => {
                    let item = db.send(call, wire::get_item::response::<T>).await?.value;
                    Ok(item.filter(|item: &T| expiry::is_alive(item, db.now())))
                }
            }
        })
    }
}
