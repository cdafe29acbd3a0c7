use std::fmt;

use super::IndexKeyText;
use crate::{
    Attribute,
    codec::{DecodeError, Reader},
};

/// An index-key attribute that is made of literals and fields, as data.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// The attribute that holds the joined text.
    pub attribute: &'static str,
    /// What is joined.
    pub parts: &'static [TemplatePart],
}

/// One part of a [`Template`].
#[derive(Clone, Copy, Debug)]
pub enum TemplatePart {
    /// Text that stands as it is.
    Literal(&'static str),
    /// A field.
    Field(FieldPart),
}

/// A field that stands in a [`Template`].
#[derive(Clone, Copy)]
pub struct FieldPart {
    /// The field's own attribute.
    pub attribute: &'static str,
    /// Reads the field's attribute value and appends its key text; `false` if it has none.
    pub push: fn(&mut Reader<'_>, &mut String) -> Result<bool, DecodeError>,
}

impl fmt::Debug for FieldPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldPart").field("attribute", &self.attribute).finish_non_exhaustive()
    }
}

/// Reads a `T` and appends its key text: what a [`FieldPart`] of a field of type `T` holds.
///
/// # Errors
/// When the value is not a `T`.
pub fn push_part<T: Attribute + IndexKeyText>(
    reader: &mut Reader<'_>,
    out: &mut String,
) -> Result<bool, DecodeError> {
    Ok(T::decode(reader)?.write_index_key_text(out))
}

impl Template {
    /// The attributes of the fields that stand in it.
    pub fn field_attributes(&self) -> impl Iterator<Item = &'static str> {
        self.parts.iter().filter_map(|part| match part {
            TemplatePart::Literal(_) => None,
            TemplatePart::Field(field) => Some(field.attribute),
        })
    }

    /// Joins the parts, each field's encoded value given by `value_of`; `None` if a part has no value, so that the
    /// index key is absent.
    ///
    /// # Errors
    /// When a value is not of its field's type.
    pub fn join<'v>(
        &self,
        mut value_of: impl FnMut(&FieldPart) -> Option<&'v [u8]>,
    ) -> Result<Option<String>, DecodeError> {
        let mut out = String::new();
        for part in self.parts {
            match part {
                TemplatePart::Literal(text) => out.push_str(text),
                TemplatePart::Field(field) => {
                    let Some(value) = value_of(field) else { return Ok(None) };
                    let present = Reader::new(value)
                        .and_then(|mut reader| (field.push)(&mut reader, &mut out))
                        .map_err(|error| error.in_attribute(field.attribute))?;
                    if !present {
                        return Ok(None);
                    }
                }
            }
        }
        Ok(Some(out))
    }
}
