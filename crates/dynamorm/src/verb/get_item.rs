use std::future::IntoFuture;

use dynamorm_core::{
    Error,
    model::PrimaryKey,
    transport::{BoxFuture, Operation},
    wire,
};

use crate::{Db, Explanation, call::Call, expiry};

impl Db {
    /// Reads the item of `key`; `None` if there is none, or it has expired. One request.
    pub fn get<K: PrimaryKey>(&self, key: K) -> Get<K> {
        Get { db: self.clone(), key, is_consistent: false }
    }
}

/// Reads one item: what [`Db::get`] returns.
#[derive(Clone)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Get<K> {
    db: Db,
    key: K,
    is_consistent: bool,
}

builder_debug!([K] Get<K>);

impl<K: PrimaryKey> Get<K> {
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
        let body = wire::get_item::request(&table, &self.key, self.is_consistent)
            .map_err(|error| error.during(Operation::GetItem, &table))?;
        Ok(Call::new(Operation::GetItem, table, body))
    }
}

impl<K: PrimaryKey> IntoFuture for Get<K> {
    type Output = Result<Option<K::Model>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.call();
        let db = self.db;
        Box::pin(async move {
            let answer = db.send(call?, wire::get_item::response::<K::Model>).await?;
            Ok(answer.value.filter(|item: &K::Model| expiry::is_alive(item, db.now())))
        })
    }
}
