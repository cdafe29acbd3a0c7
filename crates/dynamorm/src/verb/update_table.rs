use std::sync::Arc;

use dynamorm_core::{
    transport::Operation,
    wire::{self, update_table::TableChange},
};

use crate::call::Call;

/// One change of a table.
pub(super) fn update_table_call(table: &Arc<str>, change: &TableChange<'_>) -> Call {
    let body = wire::update_table::request(table, change);
    Call::new(Operation::UpdateTable, Arc::clone(table), body)
}
