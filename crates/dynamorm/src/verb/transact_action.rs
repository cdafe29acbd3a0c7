use std::sync::Arc;

use dynamorm_core::{
    Error, Timestamp,
    codec::Writer,
    model::{Model, PrimaryKey, WriteContext, encoded_key},
    transport::Operation,
    wire::{self, canonical_key, item_size, put_item::Options, transact_write_items::Action},
};

use super::condition::check;
use crate::Db;

/// A write or a check that can be part of a transaction: what [`TransactWrite::action`](super::TransactWrite::action)
/// takes.
///
/// The builders of [`Db::create`], [`Db::put`], [`Db::update`] and [`Db::delete`], with all their conditions, as long as
/// they give nothing back. An upsert is two requests and cannot be one action.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an action of a transaction",
    label = "no action of a transaction",
    note = "actions are the builders of `create`, `put`, `update`, `delete` and `check`; in a transaction they give \
            nothing back: take `.returning_old()` or `.returning_new()` away"
)]
pub trait TransactAction {
    /// The verb, for its label.
    #[doc(hidden)]
    const VERB: &'static str;

    /// The action as it is sent, on the tables of `db`.
    ///
    /// # Errors
    /// When a value has no form in DynamoDB, a key is empty or a limit is passed.
    #[doc(hidden)]
    fn prepare_action(self, db: &Db) -> Result<PreparedAction, Error>;
}

/// What a refused condition means, by the verb and the model.
type Judge = fn(Error, Timestamp) -> Error;

/// An action that is ready to be sent.
pub struct PreparedAction {
    pub(super) action: Action,
    pub(super) table: Arc<str>,
    pub(super) json: Vec<u8>,
    /// The primary key, by which items are told apart.
    pub(super) key: Vec<u8>,
    /// The bytes that it is known to count to the limit of all items: of an item that is only changed, its key's.
    pub(super) size: usize,
    pub(super) judge: Judge,
}

builder_debug!([] PreparedAction<>);

impl PreparedAction {
    /// A write of a whole item.
    pub(super) fn put<M: Model>(
        db: &Db,
        item: &M,
        options: Options<'_>,
        judge: Judge,
    ) -> Result<Self, Error> {
        let table = db.table_name::<M>();
        let build = || {
            check(options.placeholders)?;
            let context = WriteContext { now: db.now() };
            let (json, place) = wire::put_item::action(&table, item, &context, options)?;
            let mut key = Writer::new();
            item.encode_primary_key(&mut key)?;
            let key = canonical_key(key.as_bytes(), M::TABLE)?;
            let size = item_size(json.get(place).unwrap_or_default())?;
            Ok((json, key, size))
        };
        let (json, key, size) =
            build().map_err(|error: Error| error.during(Operation::TransactWriteItems, &table))?;
        Ok(Self { action: Action::Put, table, json, key, size, judge })
    }

    /// An action on the item of `key`, whose JSON `write` gives for its table's name.
    pub(super) fn keyed<K: PrimaryKey>(
        action: Action,
        db: &Db,
        key: &K,
        judge: Judge,
        write: impl FnOnce(&str) -> Result<Vec<u8>, Error>,
    ) -> Result<Self, Error> {
        let table = db.table_name::<K::Model>();
        let build = || {
            let json = write(&table)?;
            let key = encoded_key(key)?;
            Ok((json, canonical_key(&key, K::Model::TABLE)?, item_size(&key)?))
        };
        let (json, key, size) =
            build().map_err(|error: Error| error.during(Operation::TransactWriteItems, &table))?;
        Ok(Self { action, table, json, key, size, judge })
    }
}
