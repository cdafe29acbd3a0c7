//! The claims: one file an operation, by the operation's name, and one a topic that goes through several.

use crate::registry::Case;

mod batch_get_item;
mod batch_write_item;
mod collection;
mod condition;
mod create_table;
mod cursor;
mod delete_item;
mod delete_table;
mod describe_table;
mod describe_time_to_live;
mod expiry;
mod get_item;
mod hydration;
mod index_keys;
mod key_text;
mod limit;
mod list_tables;
mod peers;
mod projection;
mod put_item;
mod query;
mod role;
mod round_trip;
mod scan;
mod scan_segments;
mod sort_key;
mod transact_get_items;
mod transact_write_items;
mod transaction_token;
mod update_action;
mod update_item;
mod update_table;
mod update_time_to_live;
mod upsert;
mod verify_table;
mod version;

const ALL: &[&[Case]] = &[
    batch_get_item::CASES,
    batch_write_item::CASES,
    collection::CASES,
    condition::CASES,
    create_table::CASES,
    cursor::CASES,
    delete_item::CASES,
    delete_table::CASES,
    describe_table::CASES,
    describe_time_to_live::CASES,
    expiry::CASES,
    get_item::CASES,
    hydration::CASES,
    index_keys::CASES,
    key_text::CASES,
    limit::CASES,
    list_tables::CASES,
    peers::CASES,
    projection::CASES,
    put_item::CASES,
    query::CASES,
    role::CASES,
    round_trip::CASES,
    scan::CASES,
    scan_segments::CASES,
    sort_key::CASES,
    transact_get_items::CASES,
    transact_write_items::CASES,
    transaction_token::CASES,
    update_action::CASES,
    update_item::CASES,
    update_table::CASES,
    update_time_to_live::CASES,
    upsert::CASES,
    verify_table::CASES,
    version::CASES,
];

/// Every case of the suite.
pub(crate) fn all() -> impl Iterator<Item = Case> {
    ALL.iter().copied().flatten().copied()
}
