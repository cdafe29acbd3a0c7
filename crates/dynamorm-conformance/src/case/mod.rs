//! The claims: one file an operation, by the operation's name, and one a topic that goes through several.

use crate::registry::Case;

mod delete_item;
mod get_item;
mod put_item;
mod update_action;
mod update_item;

const ALL: &[&[Case]] =
    &[put_item::CASES, get_item::CASES, update_item::CASES, update_action::CASES, delete_item::CASES];

/// Every case of the suite.
pub(crate) fn all() -> impl Iterator<Item = Case> {
    ALL.iter().copied().flatten().copied()
}
