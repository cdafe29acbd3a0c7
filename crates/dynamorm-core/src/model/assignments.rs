use crate::{
    Attribute,
    codec::{EncodeError, Writer},
};

/// Attributes and their encoded values, in the order in which they were assigned.
#[derive(Clone, Debug, Default)]
pub struct Assignments {
    values: Vec<(&'static str, Option<Vec<u8>>)>,
}

impl Assignments {
    /// Assigns a value; one that is absent removes the attribute.
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    pub fn assign<T: Attribute>(&mut self, attribute: &'static str, value: &T) -> Result<(), EncodeError> {
        let encoded = if value.is_absent() {
            None
        } else {
            let mut writer = Writer::new();
            value.encode(&mut writer).map_err(|error| error.in_attribute(attribute))?;
            Some(writer.into_vec())
        };
        self.assign_encoded(attribute, encoded);
        Ok(())
    }

    /// Assigns an encoded value, in place of an earlier one.
    pub fn assign_encoded(&mut self, attribute: &'static str, encoded: Option<Vec<u8>>) {
        match self.values.iter_mut().find(|(name, _)| *name == attribute) {
            Some((_, value)) => *value = encoded,
            None => self.values.push((attribute, encoded)),
        }
    }

    /// The value assigned to `attribute`: `None` if nothing was, `Some(None)` if it is absent.
    pub fn get(&self, attribute: &str) -> Option<Option<&[u8]>> {
        self.values.iter().find(|(name, _)| *name == attribute).map(|(_, value)| value.as_deref())
    }

    /// Every attribute that was assigned, with its encoded value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Option<&[u8]>)> {
        self.values.iter().map(|(attribute, value)| (*attribute, value.as_deref()))
    }

    /// Whether nothing was assigned.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}
