use std::{fmt, sync::Arc};

use super::read_item::ReadItem;
use crate::{
    Attribute, Error,
    codec::{DecodeError, Reader},
};

/// An item as DynamoDB's JSON, not read yet. Cheap to clone.
///
/// Two are equal if their texts are: an engine may write one item in several ways, its attributes in another order.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RawItem(Arc<str>);

impl RawItem {
    /// The JSON: `{"pk":{"S":"…"},…}`.
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// Reads it as a model's item, or a collection's.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) when it is not one, with the attribute's path.
    pub fn decode<T: ReadItem>(&self) -> Result<T, Error> {
        Ok(T::decode_item(&mut Reader::from_text(&self.0))?)
    }

    /// The value of one attribute; `None` if there is no such attribute.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) when it is not a `T`.
    pub fn attribute<T: Attribute>(&self, name: &str) -> Result<Option<T>, Error> {
        let mut value = None;
        Reader::from_text(&self.0).item(|reader, attribute| {
            if attribute == name {
                value = Some(T::decode(reader)?);
                Ok(())
            } else {
                reader.skip()
            }
        })?;
        Ok(value)
    }
}

impl ReadItem for RawItem {
    fn decode_item(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let json = reader.raw()?;
        // Each attribute's value must be JSON, and the whole an object of them: so much `raw` alone does not say.
        Reader::from_text(json).item(|reader, _| reader.skip())?;
        Ok(Self(json.into()))
    }
}

/// Its length alone: what it holds is a customer's data.
impl fmt::Debug for RawItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawItem").field("bytes", &self.0.len()).finish_non_exhaustive()
    }
}
