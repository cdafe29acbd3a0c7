use super::contract::Model;

/// What a delete takes: a primary key, or an item in hand, whose version must then be the stored one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which item to delete",
    note = "give the model's `key(…)`, or a reference to an item"
)]
pub trait DeleteTarget {
    /// The model of the item.
    type Model: Model;

    /// The item's primary key.
    fn key(&self) -> <Self::Model as Model>::Key;

    /// The version that the stored item must have; `None` for any.
    fn version(&self) -> Option<u64>;
}
