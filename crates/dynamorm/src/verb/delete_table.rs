use std::{future::IntoFuture, marker::PhantomData};

use dynamorm_core::{
    Error, ErrorKind,
    model::Model,
    transport::{BoxFuture, Operation},
    wire,
};

use crate::{Db, Explanation, call::Call};

impl Db {
    /// Removes the table of model `M` and everything in it; `false` if there is none. One request.
    ///
    /// `confirmation` is the table's name as it is sent ([`Db::table_name`]); another text is refused
    /// ([`ErrorKind::Validation`]), so that a prefix that was forgotten deletes nothing.
    pub fn delete_table<M: Model>(&self, confirmation: &str) -> DeleteTable<M> {
        let is_confirmed = *self.table_name::<M>() == *confirmation;
        DeleteTable { db: self.clone(), is_confirmed, model: PhantomData }
    }
}

/// Removes a table: what [`Db::delete_table`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct DeleteTable<M> {
    db: Db,
    is_confirmed: bool,
    model: PhantomData<fn() -> M>,
}

builder_debug!([M] DeleteTable<M>);

impl<M: Model> DeleteTable<M> {
    /// The exact request, without sending it.
    pub fn explain(&self) -> Explanation {
        self.call().explain()
    }

    fn call(&self) -> Call {
        let table = self.db.table_name::<M>();
        let body = wire::delete_table::request(&table);
        Call::new(Operation::DeleteTable, table, body)
    }
}

impl<M: Model> IntoFuture for DeleteTable<M> {
    type Output = Result<bool, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let table = self.db.table_name::<M>();
            if !self.is_confirmed {
                let message = "the confirmation is not the table's name; nothing was deleted";
                return Err(Error::new(ErrorKind::Validation, message).during(Operation::DeleteTable, &table));
            }
            match self.db.send_silently(self.call()).await {
                Ok(()) => Ok(true),
                Err(error) if error.kind() == ErrorKind::TableNotFound => Ok(false),
                Err(error) => Err(error),
            }
        })
    }
}
