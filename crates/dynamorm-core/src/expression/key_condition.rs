use std::{fmt, marker::PhantomData};

use super::{operand::KeyOperand, placeholders::Placeholders};
use crate::{
    codec::{EncodeError, Reader, Writer},
    error::{Error, ErrorKind},
    key::{KeyForm, check_key_value},
    limits::MAX_PARTITION_KEY_BYTES,
    model::{Collection, CollectionPartition, Index, MemberOf},
};

/// What a query reads: one partition of an index, and which of its sort keys.
#[derive(Clone)]
#[must_use = "a key condition does nothing until it is given to a query"]
pub struct KeyCondition<Ix> {
    partition: Result<EncodedKey, EncodeError>,
    sort: Option<Result<SortCondition, EncodeError>>,
    _index: PhantomData<fn() -> Ix>,
}

/// A type that says which partition a query reads: what the model's `by_…` functions give.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no partition to query",
    label = "expected what one of the model's functions gives",
    note = "a query reads one partition: name it by `Model::partition(…)` or the `Model::by_…(…)` of an index; to read the \
            whole table, use `scan`"
)]
pub trait QueryKey {
    /// The index that is read.
    type Index: Index;

    /// The key condition.
    fn into_key_condition(self) -> KeyCondition<Self::Index>;
}

impl<Ix: Index> QueryKey for KeyCondition<Ix> {
    type Index = Ix;

    fn into_key_condition(self) -> Self {
        self
    }
}

/// A key attribute's value as JSON.
#[derive(Clone)]
pub(super) struct EncodedKey(Vec<u8>);

impl EncodedKey {
    pub(super) fn of_text(text: &str) -> Self {
        let mut writer = Writer::with_capacity(text.len() + 16);
        writer.string(text);
        Self(writer.into_vec())
    }

    pub(super) fn of_value<V>(value: &impl KeyOperand<V>) -> Result<Self, EncodeError> {
        if value.is_absent_operand() {
            return Err(EncodeError::new("a key condition needs a value, not an absent one"));
        }
        let mut writer = Writer::new();
        value.encode_operand(&mut writer).map(|_| Self(writer.into_vec()))
    }

    fn write(&self, out: &mut String, placeholders: &mut Placeholders) {
        placeholders.push_value(out, |writer| {
            writer.raw_bytes(&self.0);
            Ok(())
        });
    }
}

/// A condition on the sort key.
#[derive(Clone)]
pub(super) enum SortCondition {
    Equal(EncodedKey),
    Less(EncodedKey),
    LessOrEqual(EncodedKey),
    Greater(EncodedKey),
    GreaterOrEqual(EncodedKey),
    Between(EncodedKey, EncodedKey),
    BeginsWith(EncodedKey),
}

impl SortCondition {
    /// The comparator or the function, as expressions have it.
    const fn operator(&self) -> &'static str {
        match self {
            Self::Equal(_) => " = ",
            Self::Less(_) => " < ",
            Self::LessOrEqual(_) => " <= ",
            Self::Greater(_) => " > ",
            Self::GreaterOrEqual(_) => " >= ",
            Self::Between(..) => " BETWEEN ",
            Self::BeginsWith(_) => "begins_with",
        }
    }

    fn write(&self, attribute: &'static str, out: &mut String, placeholders: &mut Placeholders) {
        match self {
            Self::BeginsWith(prefix) => {
                out.push_str(self.operator());
                out.push('(');
                placeholders.push_name(out, attribute);
                out.push_str(", ");
                prefix.write(out, placeholders);
                out.push(')');
            }
            Self::Between(low, high) => {
                placeholders.push_name(out, attribute);
                out.push_str(self.operator());
                low.write(out, placeholders);
                out.push_str(" AND ");
                high.write(out, placeholders);
            }
            Self::Equal(value)
            | Self::Less(value)
            | Self::LessOrEqual(value)
            | Self::Greater(value)
            | Self::GreaterOrEqual(value) => {
                placeholders.push_name(out, attribute);
                out.push_str(self.operator());
                value.write(out, placeholders);
            }
        }
    }
}

impl<Ix: Index> KeyCondition<Ix> {
    /// The partition whose key is `value`, of a field that is the key attribute itself.
    pub fn of_value<V>(value: impl KeyOperand<V>) -> Self {
        Self { partition: EncodedKey::of_value(&value), sort: None, _index: PhantomData }
    }

    /// The partition whose key is `text`, joined by a template.
    pub fn of_text(text: &str) -> Self {
        Self { partition: Ok(EncodedKey::of_text(text)), sort: None, _index: PhantomData }
    }

    /// Keeps the query to the sort keys that all of the model's items have, as far as a condition can.
    pub fn with_sort_form(self, form: KeyForm) -> Self {
        let prefix = || EncodedKey::of_text(form.prefix());
        match form.prefix() {
            "" => self,
            _ if form.is_open() => self.with_sort(Ok(SortCondition::BeginsWith(prefix()))),
            _ => self.with_sort(Ok(SortCondition::Equal(prefix()))),
        }
    }

    /// The same partition, with the items of all models of a collection.
    pub fn in_collection<C: Collection>(self) -> KeyCondition<CollectionPartition<C>>
    where
        Ix::Model: MemberOf<C>,
    {
        KeyCondition { partition: self.partition, sort: None, _index: PhantomData }
    }

    /// The same items, of which something else is read.
    pub fn read_as<J: Index<Base = Ix::Base>>(self) -> KeyCondition<J> {
        KeyCondition { partition: self.partition, sort: self.sort, _index: PhantomData }
    }

    /// Checks the partition key against DynamoDB's limits before it is sent.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for one that is empty or too long.
    pub fn check(&self) -> Result<(), Error> {
        // One that could not be encoded is refused as it is written.
        let Ok(partition) = &self.partition else { return Ok(()) };
        Reader::new(&partition.0)
            .and_then(|mut reader| check_key_value(&mut reader, MAX_PARTITION_KEY_BYTES))
            .map_err(|error| {
                let error = error.in_attribute(Ix::KEY.partition.name);
                Error::new(ErrorKind::Validation, error.to_string())
            })
    }

    pub(super) fn with_sort(mut self, condition: Result<SortCondition, EncodeError>) -> Self {
        self.sort = Some(condition);
        self
    }

    /// Appends the key condition expression.
    pub fn write(&self, out: &mut String, placeholders: &mut Placeholders) {
        let partition = Ix::KEY.partition.name;
        placeholders.push_name(out, partition);
        out.push_str(" = ");
        match &self.partition {
            Ok(key) => key.write(out, placeholders),
            Err(error) => placeholders.refuse(error.clone().in_attribute(partition)),
        }
        let (Some(condition), Some(attribute)) = (&self.sort, Ix::KEY.sort) else { return };
        match condition {
            Ok(condition) => {
                out.push_str(" AND ");
                condition.write(attribute.name, out, placeholders);
            }
            Err(error) => placeholders.refuse(error.clone().in_attribute(attribute.name)),
        }
    }
}

impl<Ix> fmt::Debug for KeyCondition<Ix> {
    /// Names the index and the comparison, never a key's value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = self.sort.as_ref().and_then(|sort| sort.as_ref().ok()).map(SortCondition::operator);
        f.debug_struct("KeyCondition")
            .field("index", &std::any::type_name::<Ix>())
            .field("sort", &operator.map(str::trim))
            .finish_non_exhaustive()
    }
}
