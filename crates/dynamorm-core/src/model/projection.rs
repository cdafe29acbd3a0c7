use super::{contract::Model, read_item::ReadItem};
use crate::codec::{DecodeError, Reader};

/// Some of a model's fields, which are read without the others. Derived by `#[derive(Projection)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    note = "derive it with `#[derive(Projection)]` on a struct that has some of a model's fields"
)]
pub trait Projection: ReadItem {
    /// The model whose fields they are.
    type Model: Model;
}

/// A projection all of whose fields the index `Ix` carries.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    note = "derive it with `#[derive(Projection)]` on a struct that has some of a model's fields"
)]
pub trait CarriedBy<Ix>: Projection {}

/// A field of a projection that the index `Ix` carries.
#[diagnostic::on_unimplemented(
    message = "index `{Ix}` does not carry `{Self}`",
    label = "the index's projection leaves a field out",
    note = "add the field to the index's `projection`, do not read it, or read the whole items by `hydrate`"
)]
pub trait FieldOn<Ix> {}

/// That an index carries a field, by the number that the derives have for its name: all that a projection knows of it.
pub trait Carries<const FIELD: u64> {}

/// A field of a model by itself, as a projection reads it.
pub trait ModelField: Copy {
    /// The field's type.
    type Value;

    /// The attribute.
    const ATTRIBUTE: &'static str;

    /// Reads the field's value from that of its attribute; `None` where the item has no such attribute.
    ///
    /// # Errors
    /// When it is not of the field's type, or the item must have one.
    fn read(attribute: Option<&mut Reader<'_>>) -> Result<Self::Value, DecodeError>;
}

/// The attribute of a field.
pub const fn attribute_of<F: ModelField>(_field: F) -> &'static str {
    F::ATTRIBUTE
}

/// What was read of a field.
#[derive(Debug)]
pub struct FieldRead<F: ModelField>(Option<F::Value>);

impl<F: ModelField> FieldRead<F> {
    /// Nothing yet.
    pub fn of(_field: F) -> Self {
        Self(None)
    }

    /// Reads the value of attribute `name` if it is the field's, and says whether it is.
    ///
    /// # Errors
    /// When it is not of the field's type.
    pub fn read(&mut self, name: &str, reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
        if name != F::ATTRIBUTE {
            return Ok(false);
        }
        self.0 = Some(F::read(Some(reader))?);
        Ok(true)
    }

    /// The field's value.
    ///
    /// # Errors
    /// When the item has no such attribute, and must have one.
    pub fn value(self) -> Result<F::Value, DecodeError> {
        self.0.map_or_else(|| F::read(None), Ok)
    }
}
