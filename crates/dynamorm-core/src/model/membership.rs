//! Which model an item is of: what its primary key says of it.

use std::borrow::Cow;

use super::definition::{KeyAttribute, TableDefinition};
use crate::{
    codec::{DecodeError, Reader, Tag},
    key::{KeyForm, KeyKind},
};

/// The place in `models` of the model whose keys have the form of the next item's key; `None` if there is none. The
/// item is not read.
///
/// The form is that of the templates that the keys are joined by. The models have the same key attributes.
///
/// # Errors
/// When the next value is not an item.
pub fn member_of(
    reader: &Reader<'_>,
    models: &[&'static TableDefinition],
) -> Result<Option<usize>, DecodeError> {
    let Some(first) = models.first() else { return Ok(None) };
    let (mut partition, mut sort) = (None, None);
    reader.clone().item(|reader, name| {
        let schema = &first.primary_key;
        if name == schema.partition.name {
            partition = key_text(reader, schema.partition)?;
            Ok(())
        } else if let Some(key) = schema.sort.filter(|key| name == key.name) {
            sort = key_text(reader, key)?;
            Ok(())
        } else {
            reader.skip()
        }
    })?;
    let Some(partition) = partition else { return Ok(None) };
    Ok(models.iter().position(|model| {
        model.partition_form.fits(&partition)
            && match (model.primary_key.sort, &sort) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(_), Some(sort)) => model.sort_form.fits(sort),
            }
    }))
}

/// Skips the next item, which is of no model that is read.
///
/// # Errors
/// When it lacks a key attribute of its table, which no item does.
pub(super) fn skip_foreign(reader: &mut Reader<'_>, table: &TableDefinition) -> Result<(), DecodeError> {
    let mut missing: Vec<_> = table.primary_key.attributes().map(|key| key.name).collect();
    reader.item(|reader, name| {
        missing.retain(|key| *key != name);
        reader.skip()
    })?;
    match missing.first() {
        Some(name) => Err(DecodeError::new("missing attribute").in_attribute(*name)),
        None => Ok(()),
    }
}

/// Looks at the keys of one item, among its other attributes, for the form of a model's.
pub(super) struct KeyForms {
    table: &'static TableDefinition,
    is_partition: bool,
    is_sort: bool,
}

impl KeyForms {
    /// Nothing seen yet: what has no form of its own fits.
    pub(super) fn of(table: &'static TableDefinition) -> Self {
        Self {
            table,
            is_partition: matches!(table.partition_form, KeyForm::Any),
            is_sort: matches!(table.sort_form, KeyForm::Any),
        }
    }

    /// Reads or skips the value of an attribute.
    pub(super) fn look_at(&mut self, name: &str, reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let schema = &self.table.primary_key;
        if name == schema.partition.name {
            let text = key_text(reader, schema.partition)?;
            self.is_partition |= text.is_some_and(|text| self.table.partition_form.fits(&text));
            Ok(())
        } else if let Some(key) = schema.sort.filter(|key| name == key.name) {
            let text = key_text(reader, key)?;
            self.is_sort |= text.is_some_and(|text| self.table.sort_form.fits(&text));
            Ok(())
        } else {
            reader.skip()
        }
    }

    /// Whether both keys were seen and are of the model's forms.
    pub(super) fn fit(&self) -> bool {
        self.is_partition && self.is_sort
    }
}

/// The text of a key attribute; `None` if it is of another type than the key.
fn key_text<'a>(reader: &mut Reader<'a>, key: KeyAttribute) -> Result<Option<Cow<'a, str>>, DecodeError> {
    match (key.kind, reader.tag()?) {
        (KeyKind::S, Tag::S) => reader.string().map(Some),
        (KeyKind::N, Tag::N) => reader.number().map(Some),
        // A binary key has no literals: that it is there is all there is to see.
        (KeyKind::B, Tag::B) => reader.skip().map(|()| Some("".into())),
        _ => reader.skip().map(|()| None),
    }
}
