use std::future::IntoFuture;

use dynamorm_core::{
    Error, ErrorKind,
    expression::{Assignable, Operand, Path, Settable},
    model::Model,
    transport::{BoxFuture, Operation},
};

use super::update_item::{self, Update};
use crate::{Db, Explanation};

/// How often an update and a create are tried in turn while other writers make and remove the item between them.
const ROUNDS: usize = 4;

impl Db {
    /// Changes the item if it is there, writes all of `item` if it is absent or has expired.
    ///
    /// Present: only what is set on the builder changes, in one request. Absent: all of `item` is written as it
    /// stands, in a second request. DynamoDB has no one request for this that leaves a present item's absent
    /// attributes alone; each of the two is conditional, so that no write of another is lost. If others make and
    /// remove the item between the two, again and again, the call ends with [`ErrorKind::Conflict`].
    pub fn upsert<'a, M: Model>(&self, item: &'a M) -> Upsert<'a, M> {
        Upsert { update: self.update(item.primary_key()), db: self.clone(), item }
    }
}

/// Changes an item or writes it: what [`Db::upsert`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct Upsert<'a, M: Model> {
    db: Db,
    item: &'a M,
    update: Update<M>,
}

builder_debug!(['a, M: Model] Upsert<'a, M>);

impl<M: Model> Upsert<'_, M> {
    /// Gives the attribute of a present item a value; as [`Update::set`].
    pub fn set<P>(self, path: P, value: impl Operand<P::Value, M> + Assignable) -> Self
    where
        P: Settable + Path<Model = M>,
    {
        self.when_present(|update| update.set(path, value))
    }

    /// What changes of a present item: every action and condition of an [`Update`].
    pub fn when_present(mut self, change: impl FnOnce(Update<M>) -> Update<M>) -> Self {
        self.update = change(self.update);
        self
    }

    /// The exact request that is sent first, without sending it: the update of a present item.
    ///
    /// # Errors
    /// When a value has no form in DynamoDB, or a key is empty or over a limit.
    pub fn explain(&self) -> Result<Explanation, Error> {
        self.update.explain()
    }
}

impl<'a, M: Model> IntoFuture for Upsert<'a, M> {
    type Output = Result<(), Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            for _ in 0..ROUNDS {
                match update_item::send::<M>(&self.db, self.update.call()?).await {
                    Ok(_) => return Ok(()),
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
                match self.db.create(self.item).await {
                    Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                    outcome => return outcome,
                }
            }
            let table = self.db.table_name::<M>();
            let message = format!("the item was made and removed by others {ROUNDS} times in a row");
            Err(Error::new(ErrorKind::Conflict, message).during(Operation::UpdateItem, &table))
        })
    }
}
