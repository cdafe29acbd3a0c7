use std::{collections::HashMap, future::IntoFuture, sync::Arc};

use dynamorm_core::{
    Error, ErrorKind, FailedAction,
    expression::Condition,
    limits::{MAX_TOKEN_CHARACTERS, MAX_TRANSACTION_ACTIONS, MAX_TRANSACTION_BYTES},
    model::{DeleteTarget, Model, PrimaryKey},
    transport::{BoxFuture, Operation},
    wire::{self, transact_write_items::OWN_TOKEN_PREFIX},
};

use super::{
    returning::Nothing,
    transact_action::{PreparedAction, TransactAction},
    transact_check::Check,
    transaction,
    update_item::Update,
};
use crate::{
    Db, Explanation,
    call::{Call, one_table},
};

/// Random bytes of a token: as hexadecimal digits they fit behind the prefix.
const TOKEN_BYTES: usize = 13;

impl Db {
    /// Writes up to 100 items of any models and tables, all or none. One request, at twice the capacity.
    ///
    /// The transaction carries a token, so that it is done once even when it is sent again after a lost answer. While
    /// another write is under way on one of its items it is tried again, eight times at most, with pauses that grow;
    /// then it fails with [`ErrorKind::Conflict`].
    ///
    /// # Errors
    /// Before anything is sent, [`ErrorKind::Validation`] for no action or more than 100 and for two actions on one item
    /// (both are named), [`ErrorKind::TooLarge`] for more than 4 MB in all, and what each action alone is refused for.
    ///
    /// An action whose condition does not hold stops them all: the error's kind is what the verb alone would fail with,
    /// and [`Error::failed_actions`] names every action that stood in the way, by its label, with its stored item.
    pub fn transact(&self) -> TransactWrite {
        let mut random = [0; TOKEN_BYTES];
        self.fill_random(&mut random);
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        TransactWrite {
            db: self.clone(),
            actions: Vec::new(),
            token: format!("{OWN_TOKEN_PREFIX}{digits}"),
            is_own_token: true,
            is_label_misplaced: false,
        }
    }
}

/// Writes several items, all or none: what [`Db::transact`] returns.
///
/// Each action takes the time, for stamps and expiry, when it is added.
#[must_use = "nothing is sent until it is awaited"]
pub struct TransactWrite {
    db: Db,
    actions: Vec<Labelled>,
    token: String,
    is_own_token: bool,
    is_label_misplaced: bool,
}

struct Labelled {
    label: String,
    /// The action, or why it cannot be sent.
    prepared: Result<PreparedAction, Error>,
}

builder_debug!([] TransactWrite<>);

impl TransactWrite {
    /// Writes a new item; [`ErrorKind::AlreadyExists`] if there is one. As [`Db::create`].
    pub fn create<M: Model>(self, item: &M) -> Self {
        let create = self.db.create(item);
        self.action(create)
    }

    /// Writes the whole item, replacing any. As [`Db::put`].
    pub fn put<M: Model>(self, item: &M) -> Self {
        let put = self.db.put(item);
        self.action(put)
    }

    /// Changes an item, with the conditions of `update`; [`ErrorKind::NotFound`] if there is none. As [`Db::update`].
    pub fn update<M: Model, K>(self, update: Update<M, Nothing, K>) -> Self {
        self.action(update)
    }

    /// Removes an item, by its primary key or in hand. As [`Db::delete`].
    pub fn delete<T: DeleteTarget>(self, target: T) -> Self {
        let delete = self.db.delete(target);
        self.action(delete)
    }

    /// Writes nothing, and stops the others unless `condition` holds for the item of `key`
    /// ([`ErrorKind::ConditionFailed`]); an absent or expired item has no attributes.
    pub fn check<K: PrimaryKey>(self, key: K, condition: impl Condition<Model = K::Model>) -> Self {
        self.action(Check::new(key, &condition))
    }

    /// Adds what a verb's builder would do alone, with its conditions: `db.put(&item).only_if(…)`,
    /// `db.delete(key).only_if(…)`. The tables are those of the `Db` of the transaction.
    pub fn action<A: TransactAction>(mut self, action: A) -> Self {
        let label = format!("{} {}", A::VERB, self.actions.len() + 1);
        let prepared = action.prepare_action(&self.db);
        self.actions.push(Labelled { label, prepared });
        self
    }

    /// Names the action that was just added, for errors; no two are named alike. Unless it is named, an action is called by its verb and its
    /// number, such as `update 2`.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        match self.actions.last_mut() {
            Some(action) => action.label = label.into(),
            None => self.is_label_misplaced = true,
        }
        self
    }

    /// Sends `token` in place of one that is made up: 1 to 36 characters, which do not begin with `dynamorm-`.
    ///
    /// For ten minutes a second transaction with the same token and the same actions is answered and not done again,
    /// whoever sends it; one with other actions is refused ([`ErrorKind::Validation`]). The actions are the same if they
    /// are written alike: those of models with `ttl`, `created_at` or `updated_at` hold the present instant, so that they
    /// are only alike by a clock that stands still ([`Db::with_clock`]).
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = token.into();
        self.is_own_token = false;
        self
    }

    /// The exact request, without sending it. Its table is the one of all actions; empty if there are several.
    ///
    /// # Errors
    /// What is refused before anything is sent.
    pub fn explain(&self) -> Result<Explanation, Error> {
        self.call().map(|call| call.explain())
    }

    fn call(&self) -> Result<Call, Error> {
        let during = |error: Error, table: &Arc<str>| error.during(Operation::TransactWriteItems, table);
        let actions = self.checked_actions().map_err(|error| during(error, &"".into()))?;
        let table = one_table(actions.iter().map(|(_, action)| &action.table));
        self.check_limits(&actions).map_err(|error| during(error, &table))?;
        let actions = actions.iter().map(|(_, action)| (action.action, &*action.json));
        let body = wire::transact_write_items::request(actions, &self.token);
        // The token makes it safe to send the request again.
        Ok(Call::new(Operation::TransactWriteItems, table, body))
    }

    /// The actions with their labels, if every one can be sent.
    fn checked_actions(&self) -> Result<Vec<(&str, &PreparedAction)>, Error> {
        if self.is_label_misplaced {
            let message = "a label names the action before it; there is none";
            return Err(Error::new(ErrorKind::Validation, message));
        }
        self.actions
            .iter()
            .map(|action| match &action.prepared {
                Ok(prepared) => Ok((action.label.as_str(), prepared)),
                Err(error) => Err(error.without_source().in_action(&action.label)),
            })
            .collect()
    }

    fn check_limits(&self, actions: &[(&str, &PreparedAction)]) -> Result<(), Error> {
        let count = actions.len();
        if count == 0 || count > MAX_TRANSACTION_ACTIONS {
            let message =
                format!("a transaction has {count} actions; it takes 1 to {MAX_TRANSACTION_ACTIONS}");
            return Err(Error::new(ErrorKind::Validation, message));
        }
        let characters = self.token.chars().count();
        if characters == 0 || characters > MAX_TOKEN_CHARACTERS {
            let message = format!(
                "a transaction's token is {characters} characters; it takes 1 to {MAX_TOKEN_CHARACTERS}"
            );
            return Err(Error::new(ErrorKind::Validation, message));
        }
        if !self.is_own_token && self.token.starts_with(OWN_TOKEN_PREFIX) {
            let message = format!(
                "a token of your own cannot begin with `{OWN_TOKEN_PREFIX}`: those that do are made for one call"
            );
            return Err(Error::new(ErrorKind::Validation, message));
        }
        let mut items = HashMap::with_capacity(count);
        let mut labels = HashMap::with_capacity(count);
        for (number, (label, action)) in (1..).zip(actions) {
            if let Some(other) = labels.insert(*label, number) {
                let message =
                    format!("actions {other} and {number} are both labelled `{label}`; give each its own");
                return Err(Error::new(ErrorKind::Validation, message));
            }
            if let Some(other) = items.insert((&*action.table, &*action.key), label) {
                let message = format!(
                    "actions `{other}` and `{label}` are on the same item; a transaction takes one action an item"
                );
                return Err(Error::new(ErrorKind::Validation, message)
                    .during(Operation::TransactWriteItems, &action.table));
            }
        }
        let size = actions.iter().map(|(_, action)| action.size).sum();
        if size > MAX_TRANSACTION_BYTES {
            let message = format!("the items are {size} bytes in all; the limit is {MAX_TRANSACTION_BYTES}");
            return Err(Error::new(ErrorKind::TooLarge { size, limit: MAX_TRANSACTION_BYTES }, message));
        }
        Ok(())
    }

    /// What the action at `position` failed with, by its verb and its label.
    fn failed(&self, position: usize, error: Error) -> FailedAction {
        let Some(Labelled { label, prepared: Ok(action) }) = self.actions.get(position) else {
            return FailedAction::new(position, (position + 1).to_string(), error);
        };
        let error = (action.judge)(error, self.db.now()).during(Operation::TransactWriteItems, &action.table);
        FailedAction::new(position, label.clone(), error)
    }
}

impl IntoFuture for TransactWrite {
    type Output = Result<(), Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let call = self.call()?;
            let explain = |position, error| self.failed(position, error);
            transaction::send(&self.db, call, wire::transact_write_items::response, explain).await
        })
    }
}
