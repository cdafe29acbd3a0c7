use crate::{
    codec::{DecodeError, Reader},
    model::{Model, ReadItem, member_of},
};

/// What happened to an item of a model, or of a collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<T> {
    /// An item was written where there was none.
    Insert {
        /// The item.
        new: T,
    },
    /// An item was replaced or updated. A write that changes nothing is no change: DynamoDB makes no record of it.
    ///
    /// A `create` over an item that has expired, and is not deleted yet, is one too: to DynamoDB the item is there.
    Modify {
        /// The item before.
        old: T,
        /// The item after.
        new: T,
    },
    /// An item was deleted, by a request or because it had expired.
    Remove {
        /// The item before.
        old: T,
    },
}

/// The kinds of change, as `eventName` tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// `INSERT`
    Insert,
    /// `MODIFY`
    Modify,
    /// `REMOVE`
    Remove,
}

impl ChangeKind {
    /// The kind of that name on the wire.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "INSERT" => Some(Self::Insert),
            "MODIFY" => Some(Self::Modify),
            "REMOVE" => Some(Self::Remove),
            _ => None,
        }
    }
}

/// What the image of a stream record is read as: a [`Model`], or a collection by `#[derive(Collection)]`.
pub trait StreamItem: ReadItem {
    /// Whether an item of this key may be one, so that its images are needed.
    ///
    /// # Errors
    /// When it is no key.
    fn knows_key(reader: &Reader<'_>) -> Result<bool, DecodeError>;

    /// Reads an image; `None` if its key is of another form than those of the model, or if the collection skips it.
    ///
    /// # Errors
    /// When the key fits and the item is not one all the same, or no model of the collection has such a key and the
    /// collection does not say that it is skipped.
    fn decode_image(reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError>;
}

impl<M: Model> StreamItem for M {
    fn knows_key(reader: &Reader<'_>) -> Result<bool, DecodeError> {
        Ok(member_of(reader, &[M::TABLE])?.is_some())
    }

    fn decode_image(reader: &mut Reader<'_>) -> Result<Option<Self>, DecodeError> {
        if Self::knows_key(reader)? { <M as Model>::decode_item(reader).map(Some) } else { Ok(None) }
    }
}
