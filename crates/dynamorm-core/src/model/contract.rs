use std::{fmt::Debug, hash::Hash};

use super::{assignments::Assignments, definition::TableDefinition, role::WriteContext};
use crate::{
    Timestamp,
    codec::{DecodeError, EncodeError, Reader, Writer},
};

/// A Rust type whose values are stored as items of one table. Derived by `#[derive(Model)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    note = "derive it with `#[derive(Model)]` and say its table and key in `#[dynamorm(table = \"…\", key(…))]`"
)]
pub trait Model: Sized + Send + Sync + 'static {
    /// The primary key as a value.
    type Key: PrimaryKey<Model = Self>;

    /// The table: keys, indexes, roles.
    const TABLE: &'static TableDefinition;

    /// The item's primary key.
    fn primary_key(&self) -> Self::Key;

    /// Writes the item's key attributes, as [`PrimaryKey::encode_key`] writes those of its key, without making one.
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    fn encode_primary_key(&self, writer: &mut Writer) -> Result<(), EncodeError>;

    /// Writes the whole item: `{"pk":{"S":"…"},…}`, with its index keys and what the roles set.
    ///
    /// # Errors
    /// When DynamoDB has no such value, with the attribute's path.
    fn encode_item(&self, writer: &mut Writer, context: &WriteContext) -> Result<(), EncodeError>;

    /// Reads a whole item.
    ///
    /// # Errors
    /// When an attribute is missing or not of its field's type, with the attribute's path.
    fn decode_item(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::decode_item_and(reader, &mut |_, reader| reader.skip())
    }

    /// Reads a whole item, and hands out what is of none of its fields, such as the keys that templates join: its name,
    /// and its value to be read or skipped.
    ///
    /// # Errors
    /// As [`Model::decode_item`], and the first that `other` returns.
    fn decode_item_and(reader: &mut Reader<'_>, other: &mut OtherAttribute<'_>) -> Result<Self, DecodeError>;

    /// The version the item was read with; `None` if the model has no `version` field.
    fn version(&self) -> Option<u64> {
        None
    }

    /// When the item expires; `None` if never, or the model has no `ttl` field.
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }

    /// Writes the fields that index-key templates are made of and the primary key does not hold.
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    fn index_parts(&self, parts: &mut Assignments) -> Result<(), EncodeError> {
        let _ = parts;
        Ok(())
    }
}

/// What is done with an attribute that is none of a model's fields.
pub type OtherAttribute<'f> = dyn FnMut(&str, &mut Reader<'_>) -> Result<(), DecodeError> + 'f;

/// A model's primary key as a value, made by the model's `key(…)`.
///
/// Keys are equal if the items that they name are the same: if their attributes are.
pub trait PrimaryKey: Clone + Debug + Eq + Hash + Send + Sync + 'static {
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

/// The key attributes of a primary key, by which it is compared with others.
///
/// # Errors
/// As [`PrimaryKey::encode_key`].
pub fn encoded_key<K: PrimaryKey>(key: &K) -> Result<Vec<u8>, EncodeError> {
    // Most keys fit: two short texts and what JSON puts around them.
    let mut writer = Writer::with_capacity(128);
    key.encode_key(&mut writer)?;
    Ok(writer.into_vec())
}
