use std::{
    borrow::Cow,
    collections::{BTreeSet, HashSet},
    hash::{BuildHasher, Hash},
};

use super::{Attribute, DecodeError, EncodeError, Reader, Tag, Writer};

/// A type whose sets DynamoDB stores natively: text as SS, numbers as NS, bytes as BS.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an element of a set attribute",
    note = "DynamoDB has sets of strings, numbers and bytes; store other values as a `Vec`"
)]
pub trait SetElement: Attribute {
    /// The type of a set of these: [`Tag::Ss`], [`Tag::Ns`] or [`Tag::Bs`].
    const TAG: Tag;

    /// Writes one member: the JSON string that stands for it, with its quotes.
    ///
    /// # Errors
    /// As [`Attribute::encode`].
    fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError>;

    /// Reads one member from the text of its JSON string.
    ///
    /// # Errors
    /// When the text does not stand for such a value.
    fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError>;
}

macro_rules! sets {
    ($($set:ident<T $(, $hasher:ident)?> where T: $($bound:path),+;)+) => {
        $(
            impl<T: SetElement $(+ $bound)+ $(, $hasher: BuildHasher + Default)?> Attribute for $set<T $(, $hasher)?> {
                fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
                    encode_set(self.is_empty(), self, writer)
                }

                fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                    let mut set = Self::default();
                    decode_set(reader, |element| {
                        set.insert(element);
                    })?;
                    Ok(set)
                }

                fn is_absent(&self) -> bool {
                    self.is_empty()
                }

                fn absent() -> Option<Self> {
                    Some(Self::default())
                }
            }
        )+
    };
}

sets! {
    BTreeSet<T> where T: Ord;
    HashSet<T, S> where T: Eq, Hash;
}

/// Writes a set of elements that all differ.
pub(crate) fn encode_set<'t, T: SetElement + 't>(
    is_empty: bool,
    elements: impl IntoIterator<Item = &'t T>,
    writer: &mut Writer,
) -> Result<(), EncodeError> {
    // DynamoDB has no empty set. Where it cannot be left out, inside a list or a map, NULL stands for it.
    if is_empty {
        writer.null();
        return Ok(());
    }
    writer.raw("{\"");
    writer.raw(T::TAG.name());
    writer.raw("\":[");
    for (index, element) in elements.into_iter().enumerate() {
        writer.comma();
        element.encode_member(writer).map_err(|error| error.at_index(index))?;
    }
    writer.raw("]}");
    Ok(())
}

fn decode_set<T: SetElement>(reader: &mut Reader<'_>, mut insert: impl FnMut(T)) -> Result<(), DecodeError> {
    if reader.try_null()? {
        return Ok(());
    }
    reader.set(T::TAG, |text| {
        insert(T::decode_member(text)?);
        Ok(())
    })
}
