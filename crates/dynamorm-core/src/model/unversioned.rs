use super::contract::Model;

/// A model without a `version` field: its items may be written without a condition.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has a `version` field, which a batch of writes cannot check",
    label = "a batch would overwrite what others have written",
    note = "`BatchWriteItem` has no conditions; write each item with `db.put(&item)`, or in a transaction"
)]
pub trait Unversioned: Model {}
