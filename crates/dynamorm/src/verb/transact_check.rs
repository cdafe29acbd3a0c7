use dynamorm_core::{
    Error, ErrorKind,
    expression::{Condition, Placeholders},
    model::PrimaryKey,
    wire::{self, delete_item::Options, transact_write_items::Action},
};

use super::{
    condition::{Conditions, check, check_expression},
    refusal::without_expired,
    transact_action::{PreparedAction, TransactAction},
};
use crate::Db;

/// A condition on an item that a transaction does not write.
pub struct Check<K> {
    key: K,
    conditions: Conditions,
    placeholders: Placeholders,
}

builder_debug!([K] Check<K>);

impl<K: PrimaryKey> Check<K> {
    pub(super) fn new(key: K, condition: &impl Condition<Model = K::Model>) -> Self {
        let mut check =
            Self { key, conditions: Conditions::default(), placeholders: Placeholders::default() };
        check.conditions.add(condition, &mut check.placeholders);
        check
    }
}

impl<K: PrimaryKey> TransactAction for Check<K> {
    const VERB: &'static str = "check";

    fn prepare_action(self, db: &Db) -> Result<PreparedAction, Error> {
        if self.conditions.is_empty() {
            return Err(Error::new(ErrorKind::Validation, "a check needs a condition; this one is empty"));
        }
        let mut placeholders = self.placeholders;
        let condition = self.conditions.of_any::<K::Model>(&mut placeholders, db.now());
        check(&placeholders)?;
        check_expression(&condition)?;
        let options = Options { condition: &condition, placeholders: &placeholders, returns_stored: true };
        PreparedAction::keyed(Action::ConditionCheck, db, &self.key, without_expired::<K::Model>, |table| {
            wire::delete_item::action(table, &self.key, options)
        })
    }
}
