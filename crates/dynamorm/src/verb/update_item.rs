use std::{future::IntoFuture, marker::PhantomData};

use dynamorm_core::{
    Error, ErrorKind, Timestamp,
    expression::{
        Addable, Assignable, Condition, Growable, Mutable, Number, Operand, PartsInHand, Path, Placeholders,
        Removable, SetValue, SettableWith, ValueOperand, WholeGroups,
    },
    model::{KeyGroup, Model, PrimaryKey, Versioned},
    transport::{BoxFuture, Operation, Repeat},
    wire::{
        self,
        transact_write_items::Action,
        update_item::{Options, Returned},
    },
};

use super::{
    actions::Actions,
    condition::{Conditions, check, check_expression},
    refusal::is_there,
    returning::{Image, NewImage, Nothing, OldImage, Returning},
    transact_action::{PreparedAction, TransactAction},
};
use crate::{Db, Explanation, call::Call};

impl Db {
    /// Changes attributes of the item of `key`; [`ErrorKind::NotFound`] if there is none, or it has expired. One
    /// request.
    ///
    /// Index keys that templates make follow from what is set; `updated_at` and `version` are kept.
    pub fn update<K: PrimaryKey>(&self, key: K) -> Update<K::Model> {
        Update {
            db: self.clone(),
            key,
            actions: Actions::default(),
            conditions: Conditions::default(),
            placeholders: Placeholders::default(),
            mode: PhantomData,
        }
    }
}

/// Changes attributes of one item: what [`Db::update`] returns.
///
/// `R` says what comes back, `K` whether the missing parts of index keys are in hand ([`Update::rekey`]).
#[must_use = "nothing is sent until it is awaited"]
pub struct Update<M: Model, R = Nothing, K = WholeGroups> {
    db: Db,
    key: M::Key,
    actions: Actions,
    conditions: Conditions,
    placeholders: Placeholders,
    mode: PhantomData<fn() -> (R, K)>,
}

impl<M: Model, R, K> Update<M, R, K> {
    /// `SET`: gives the attribute a value, or that of another path; an absent value (`None`) removes it.
    pub fn set<P>(mut self, path: P, value: impl Operand<P::Value, M> + Assignable) -> Self
    where
        P: SettableWith<K> + Path<Model = M>,
    {
        self.actions.set(&path, &value, &mut self.placeholders);
        self
    }

    /// `SET` with `if_not_exists`: gives the attribute a value unless it has one.
    pub fn set_if_absent<P>(mut self, path: P, value: impl Operand<P::Value, M> + Assignable) -> Self
    where
        P: Mutable + Path<Model = M>,
    {
        self.actions.set_if_absent(&path, &value, &mut self.placeholders);
        self
    }

    /// All fields of a group at once: those that index keys join and that so change together.
    pub fn set_group(mut self, group: impl KeyGroup<Model = M>) -> Self {
        self.actions.set_group(&group, &mut self.placeholders);
        self
    }

    /// Takes the parts of index keys that are not set from `item`, on the condition that they are stored unchanged
    /// ([`ErrorKind::ConditionFailed`]). Still one request.
    pub fn rekey(mut self, item: &M) -> Update<M, R, PartsInHand> {
        self.actions.take_parts(item, &mut self.placeholders);
        self.in_mode()
    }

    /// `REMOVE`: takes the attribute, the map's entry or the list's element away.
    pub fn remove<P>(mut self, path: P) -> Self
    where
        P: Removable + Path<Model = M>,
    {
        self.actions.remove(&path, &mut self.placeholders);
        self
    }

    /// `ADD`: adds to a number (0 where there is none), or elements to a set.
    ///
    /// Sent again it would add again: it is not, once an answer may have been lost ([`once`](Update::once) mends that). What the sum must fit is the
    /// field's type: an item whose number went out of its range cannot be read; keep it in by a condition.
    pub fn add<P>(mut self, path: P, value: impl ValueOperand<P::Value>) -> Self
    where
        P: Mutable + Path<Model = M>,
        P::Value: Addable,
    {
        self.actions.add(&path, &value, &mut self.placeholders);
        self
    }

    /// Subtracts from a number that is there. As [`add`](Self::add), it is not sent again, and what is left must fit the
    /// field's type.
    pub fn subtract<P>(mut self, path: P, value: impl ValueOperand<P::Value>) -> Self
    where
        P: Mutable + Path<Model = M>,
        P::Value: Number,
    {
        self.actions.subtract(&path, &value, &mut self.placeholders);
        self
    }

    /// `DELETE`: takes elements out of a set.
    pub fn delete<P>(mut self, path: P, elements: impl ValueOperand<P::Value>) -> Self
    where
        P: Mutable + Path<Model = M>,
        P::Value: SetValue,
    {
        self.actions.delete(&path, &elements, &mut self.placeholders);
        self
    }

    /// Puts elements behind those of a list (an empty one where there is none). It is not sent again, as
    /// [`add`](Self::add).
    pub fn append<P>(mut self, path: P, elements: impl ValueOperand<P::Value>) -> Self
    where
        P: Mutable + Path<Model = M>,
        P::Value: Growable,
    {
        self.actions.join_lists(&path, &elements, false, &mut self.placeholders);
        self
    }

    /// Puts elements before those of a list (an empty one where there is none). It is not sent again, as
    /// [`add`](Self::add).
    pub fn prepend<P>(mut self, path: P, elements: impl ValueOperand<P::Value>) -> Self
    where
        P: Mutable + Path<Model = M>,
        P::Value: Growable,
    {
        self.actions.join_lists(&path, &elements, true, &mut self.placeholders);
        self
    }

    /// Writes only if `condition` holds for the stored item.
    ///
    /// Otherwise the call fails with [`ErrorKind::ConditionFailed`] and carries the stored item; an item that is not
    /// there stays [`ErrorKind::NotFound`]. After more than one attempt ([`Error::attempts`]) the condition may have
    /// failed on what an earlier one wrote: the stored item tells.
    pub fn only_if(mut self, condition: impl Condition<Model = M>) -> Self {
        self.conditions.add(&condition, &mut self.placeholders);
        self
    }

    /// Writes only if the stored version is the one `item` was read with ([`ErrorKind::ConditionFailed`]).
    ///
    /// Does not compile for a model without a `version` field.
    pub fn unchanged_since(mut self, item: &M) -> Self
    where
        M: Versioned,
    {
        if let Some(attribute) = M::TABLE.version {
            self.conditions.add_version(
                attribute,
                item.version().unwrap_or_default(),
                &mut self.placeholders,
            );
        }
        self
    }

    /// Gives the item as it is after the write.
    pub fn returning_new(self) -> Update<M, NewImage, K> {
        self.in_mode()
    }

    /// Gives the item as it was before the write.
    pub fn returning_old(self) -> Update<M, OldImage, K> {
        self.in_mode()
    }

    fn in_mode<S, L>(self) -> Update<M, S, L> {
        Update {
            db: self.db,
            key: self.key,
            actions: self.actions,
            conditions: self.conditions,
            placeholders: self.placeholders,
            mode: PhantomData,
        }
    }

    /// The exact request, without sending it.
    ///
    /// # Errors
    /// When a value has no form in DynamoDB, a key is empty or over a limit, or a group is set only in part.
    pub fn explain(&self) -> Result<Explanation, Error>
    where
        R: Image,
    {
        self.call().map(|call| call.explain())
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    pub(super) fn call(&self) -> Result<Call, Error>
    where
        R: Image,
    {
        let table = self.db.table_name::<M>();
        let body = self
            .build(|options| wire::update_item::request(&table, &self.key, options))
            .map_err(|error| error.during(Operation::UpdateItem, &table))?;
        let mut call = Call::new(Operation::UpdateItem, table, body);
        // A second run would count the version again, and find as the old image what the first one left.
        let returns_other = R::RETURNED == Returned::Old;
        if !self.actions.is_repeatable() || M::TABLE.version.is_some() || returns_other {
            call.repeat = Repeat::Unsafe;
        }
        Ok(call)
    }

    fn build<T>(&self, finish: impl FnOnce(Options<'_>) -> Result<T, Error>) -> Result<T, Error>
    where
        R: Image,
    {
        let now = self.db.now();
        let mut placeholders = self.placeholders.clone();
        let mut conditions = self.conditions.clone();
        let update = self.actions.expression::<M>(&self.key, now, &mut conditions, &mut placeholders)?;
        let condition = conditions.of_present::<M>(&mut placeholders, now);
        check(&placeholders)?;
        check_expression(&update)?;
        check_expression(&condition)?;
        finish(Options {
            update: &update,
            condition: &condition,
            placeholders: &placeholders,
            returned: R::RETURNED,
            // Tells an item that is not there from one that the caller's condition refuses.
            returns_stored: true,
        })
    }
}

impl<M: Model, K> TransactAction for Update<M, Nothing, K> {
    const VERB: &'static str = "update";

    fn prepare_action(mut self, db: &Db) -> Result<PreparedAction, Error> {
        self.db = db.clone();
        self.build(|options| {
            // Without an update expression, which an action of a transaction must have, only the condition is left.
            let action = if options.update.is_empty() { Action::ConditionCheck } else { Action::Update };
            PreparedAction::keyed(action, &self.db, &self.key, refused::<M>, |table| {
                wire::update_item::action(table, &self.key, options)
            })
        })
    }
}

builder_debug!([M: Model, R, K] Update<M, R, K>);

/// The kind of a refused update: no such item, or a condition of the caller's.
fn refused<M: Model>(error: Error, now: Timestamp) -> Error {
    if error.kind() != ErrorKind::ConditionFailed || is_there::<M>(&error, now) {
        return error;
    }
    error.recast(ErrorKind::NotFound, "there is no item with this primary key").with_stored(None)
}

impl<M: Model, R: Returning<M> + Image, K: 'static> IntoFuture for Update<M, R, K> {
    type Output = Result<R::Output, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.call();
        let db = self.db;
        Box::pin(async move { R::output(send::<M>(&db, call?).await?) })
    }
}

/// Sends an update and reads the image that it asks for.
pub(super) async fn send<M: Model>(db: &Db, call: Call) -> Result<Option<M>, Error> {
    match db.send(call, wire::update_item::response::<M>).await {
        Ok(answer) => Ok(answer.value),
        Err(error) => Err(refused::<M>(error, db.now())),
    }
}
