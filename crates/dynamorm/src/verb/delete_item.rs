use std::future::IntoFuture;

use dynamorm_core::{
    Error, ErrorKind,
    expression::{Condition, Placeholders},
    model::{DeleteTarget, Model},
    transport::{BoxFuture, Operation},
    wire::{self, delete_item::Options, transact_write_items::Action},
};

use super::{
    condition::{Conditions, check, check_expression},
    refusal::without_expired,
    transact_action::{PreparedAction, TransactAction},
};
use crate::{Db, Explanation, call::Call, expiry};

impl Db {
    /// Removes an item, by its primary key or in hand, and gives what was there; `None` if there was nothing, or it
    /// had expired. One request.
    ///
    /// Given an item of a model with a `version`, it removes the item only if the stored version is the same
    /// ([`ErrorKind::ConditionFailed`](crate::ErrorKind::ConditionFailed)).
    pub fn delete<T: DeleteTarget>(&self, target: T) -> Delete<T::Model> {
        let mut delete = Delete {
            db: self.clone(),
            key: target.key(),
            conditions: Conditions::default(),
            placeholders: Placeholders::default(),
        };
        if let (Some(attribute), Some(version)) = (T::Model::TABLE.version, target.version()) {
            delete.conditions.add_version(attribute, version, &mut delete.placeholders);
        }
        delete
    }
}

/// Removes an item: what [`Db::delete`] returns.
#[must_use = "nothing is sent until it is awaited"]
pub struct Delete<M: Model> {
    db: Db,
    key: M::Key,
    conditions: Conditions,
    placeholders: Placeholders,
}

builder_debug!([M: Model] Delete<M>);

impl<M: Model> Delete<M> {
    /// Removes only if `condition` holds for the stored item; an absent or expired item has no attributes.
    ///
    /// Otherwise the call fails with [`ErrorKind::ConditionFailed`](crate::ErrorKind::ConditionFailed) and carries
    /// the stored item.
    pub fn only_if(mut self, condition: impl Condition<Model = M>) -> Self {
        self.conditions.add(&condition, &mut self.placeholders);
        self
    }

    /// The exact request, without sending it.
    ///
    /// # Errors
    /// When the key or a condition has a value that DynamoDB cannot hold, or is over a limit.
    pub fn explain(&self) -> Result<Explanation, Error> {
        self.call().map(|call| call.explain())
    }

    fn call(&self) -> Result<Call, Error> {
        let table = self.db.table_name::<M>();
        self.build(|options| wire::delete_item::request(&table, &self.key, options))
            .map_err(|error| error.during(Operation::DeleteItem, &table))
            .map(|body| Call::new(Operation::DeleteItem, table, body))
    }

    fn build<T>(&self, finish: impl FnOnce(Options<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut placeholders = self.placeholders.clone();
        // Without a condition an expired item may go as well: it is absent already.
        let condition = self.conditions.of_any::<M>(&mut placeholders, self.db.now());
        let options = Options {
            condition: &condition,
            placeholders: &placeholders,
            returns_stored: !condition.is_empty(),
        };
        check(&placeholders)?;
        check_expression(&condition)?;
        finish(options)
    }
}

impl<M: Model> TransactAction for Delete<M> {
    const VERB: &'static str = "delete";

    fn prepare_action(mut self, db: &Db) -> Result<PreparedAction, Error> {
        self.db = db.clone();
        self.build(|options| {
            PreparedAction::keyed(Action::Delete, &self.db, &self.key, without_expired::<M>, |table| {
                wire::delete_item::action(table, &self.key, options)
            })
        })
    }
}

impl<M: Model> IntoFuture for Delete<M> {
    type Output = Result<Option<M>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.call();
        let db = self.db;
        Box::pin(async move {
            match db.send(call?, wire::delete_item::response::<M>).await {
                Ok(answer) => Ok(answer.value.filter(|old: &M| expiry::is_alive(old, db.now()))),
                Err(error) => {
                    let error = without_expired::<M>(error, db.now());
                    // Nothing is there any more, and an earlier attempt of this very call may have removed it.
                    let is_gone = error.kind() == ErrorKind::ConditionFailed && error.stored_json().is_none();
                    if is_gone && error.attempts() > 1 { Ok(None) } else { Err(error) }
                }
            }
        })
    }
}
