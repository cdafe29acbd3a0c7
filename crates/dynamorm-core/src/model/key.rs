use super::Model;
use crate::codec::{EncodeError, Writer};

/// A model's primary key as a value, made by the model's `key(…)`.
pub trait PrimaryKey: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// The model it is the key of.
    type Model: Model<Key = Self>;

    /// Writes the key attributes: `{"pk":{"S":"…"},"sk":{"S":"…"}}`.
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    fn encode_key(&self, writer: &mut Writer) -> Result<(), EncodeError>;

    /// Writes the attribute value of the key's field whose attribute is `attribute`; `false` if there is none.
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    fn encode_part(&self, attribute: &str, writer: &mut Writer) -> Result<bool, EncodeError>;
}

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
