use super::contract::Model;
use crate::{
    Timestamp,
    codec::{DecodeError, Reader},
};

/// What a read makes of an item: a [`Model`], a collection of several, or a projection.
pub trait ReadItem: Sized + Send + 'static {
    /// The attributes that are read, each once; `None` for all.
    const ATTRIBUTES: Option<&'static [&'static str]> = None;

    /// Reads a whole item.
    ///
    /// # Errors
    /// When an attribute is missing or not of its field's type, with the attribute's path.
    fn decode_item(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Reads a whole item of a page; `None` if it is one that a collection skips.
    ///
    /// # Errors
    /// As [`ReadItem::decode_item`].
    fn decode_known(reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError> {
        Self::decode_item(reader).map(Some)
    }

    /// When the item expires; `None` if never.
    fn expires_at(&self) -> Option<Timestamp> {
        None
    }
}

impl<M: Model> ReadItem for M {
    fn decode_item(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        <M as Model>::decode_item(reader)
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Model::expires_at(self)
    }
}
