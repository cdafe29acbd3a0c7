use super::{
    contract::Model,
    definition::TableDefinition,
    membership::{KeyForms, member_of, skip_foreign},
};
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

    /// Reads a whole item of a page that keeps to the model of `table`; `None` also for one whose key is not of its form.
    ///
    /// # Errors
    /// As [`ReadItem::decode_item`].
    fn decode_kept(
        reader: &mut Reader<'_>,
        table: &'static TableDefinition,
    ) -> Result<Option<Self>, DecodeError> {
        match member_of(reader, &[table])? {
            Some(_) => Self::decode_known(reader),
            None => skip_foreign(reader, table).map(|()| None),
        }
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

    fn decode_kept(
        reader: &mut Reader<'_>,
        table: &'static TableDefinition,
    ) -> Result<Option<Self>, DecodeError> {
        // The keys are looked at on the way: to look for them first would be to read each item twice.
        let start = reader.clone();
        let mut forms = KeyForms::of(table);
        let item = M::decode_item_and(reader, &mut |name, reader| forms.look_at(name, reader));
        match item {
            Ok(item) if forms.fit() => Ok(Some(item)),
            // It may be of another model, or have its keys after what cannot be read.
            outcome => match member_of(&start, &[table])? {
                Some(_) => outcome.map(Some),
                None => {
                    *reader = start;
                    skip_foreign(reader, table).map(|()| None)
                }
            },
        }
    }

    fn expires_at(&self) -> Option<Timestamp> {
        Model::expires_at(self)
    }
}
