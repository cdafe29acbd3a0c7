//! The claims: one file an operation, by the operation's name, and one a topic that goes through several.

use crate::registry::Case;

mod delete_item;
mod expiry;
mod get_item;
mod index_keys;
mod put_item;
mod role;
mod update_action;
mod update_item;
mod upsert;
mod version;

const ALL: &[&[Case]] = &[
    delete_item::CASES,
    expiry::CASES,
    get_item::CASES,
    index_keys::CASES,
    put_item::CASES,
    role::CASES,
    update_action::CASES,
    update_item::CASES,
    upsert::CASES,
    version::CASES,
];

/// Every case of the suite.
pub(crate) fn all() -> impl Iterator<Item = Case> {
    ALL.iter().copied().flatten().copied()
}
