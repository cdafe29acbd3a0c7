use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;

use crate::{Attribute, Timestamp, codec::Decimal};

/// The types that DynamoDB allows for a key attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// String: ordered by UTF-8 bytes.
    S,
    /// Number.
    N,
    /// Binary: ordered by unsigned bytes.
    B,
}

impl KeyKind {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
        }
    }
}

/// A type whose attribute can be a key attribute as it stands.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a primary-key attribute",
    label = "a key is a string, a number or bytes, and always there",
    note = "name the field in a template, such as `\"{{field}}\"`, if it has a text; a template joins what a key is \
            made of"
)]
pub trait KeyValue: Attribute {
    /// The key attribute's type.
    const KIND: KeyKind;
}

/// A type whose attribute can be an index's key attribute: as [`KeyValue`], or an option of one.
///
/// An item without the attribute is not in the index (a sparse index).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an index-key attribute",
    label = "an index key is a string, a number or bytes, or an option of these"
)]
pub trait IndexKeyValue: Attribute {
    /// The key attribute's type.
    const INDEX_KIND: KeyKind;
}

impl<T: KeyValue> IndexKeyValue for T {
    const INDEX_KIND: KeyKind = T::KIND;
}

impl<T: KeyValue> IndexKeyValue for Option<T> {
    const INDEX_KIND: KeyKind = T::KIND;
}

macro_rules! key_values {
    ($($kind:ident: $($type:ty),+;)+) => {
        $($(impl KeyValue for $type {
            const KIND: KeyKind = KeyKind::$kind;
        })+)+
    };
}

key_values! {
    S: String, Cow<'static, str>, Arc<str>, char, Timestamp;
    N: u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, Decimal;
    B: Bytes, Vec<u8>;
}

#[cfg(feature = "uuid")]
impl KeyValue for uuid::Uuid {
    const KIND: KeyKind = KeyKind::S;
}
