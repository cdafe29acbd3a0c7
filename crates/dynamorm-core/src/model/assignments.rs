use crate::{
    Attribute,
    codec::{EncodeError, encode_value},
};

/// Attributes and their encoded values, in the order in which they were assigned.
#[derive(Clone, Debug, Default)]
pub struct Assignments {
    values: Vec<(&'static str, Assigned)>,
}

/// What was assigned to an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// Nothing: the attribute is absent, and so is every index key that is made of it.
    Absent,
    /// This encoded value, which a missing attribute is read as: the attribute may be absent, and index keys are made
    /// of the value all the same.
    LeftOut(Vec<u8>),
    /// This encoded value.
    Stored(Vec<u8>),
}

impl Assigned {
    /// The value that index keys are made of.
    pub fn value(&self) -> Option<&[u8]> {
        match self {
            Self::Absent => None,
            Self::LeftOut(value) | Self::Stored(value) => Some(value),
        }
    }

    /// The value that is written; `None` if the attribute is left out.
    pub fn stored(&self) -> Option<&[u8]> {
        match self {
            Self::Absent | Self::LeftOut(_) => None,
            Self::Stored(value) => Some(value),
        }
    }
}

impl Assignments {
    /// Assigns a value; one that is absent removes the attribute.
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    pub fn assign<T: Attribute>(&mut self, attribute: &'static str, value: &T) -> Result<(), EncodeError> {
        let assigned =
            if value.is_absent() { Assigned::Absent } else { Assigned::Stored(encoded(attribute, value)?) };
        self.insert(attribute, assigned);
        Ok(())
    }

    /// Assigns a value that writes leave out (`skip_if_empty`).
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    pub fn assign_left_out<T: Attribute>(
        &mut self,
        attribute: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        self.insert(attribute, Assigned::LeftOut(encoded(attribute, value)?));
        Ok(())
    }

    /// Assigns a value that is read where the attribute is missing if it is `default`.
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    pub fn assign_with_default<T: Attribute>(
        &mut self,
        attribute: &'static str,
        value: &T,
        default: &T,
    ) -> Result<(), EncodeError> {
        if encoded(attribute, value)? == encoded(attribute, default)? {
            self.assign_left_out(attribute, value)
        } else {
            self.assign(attribute, value)
        }
    }

    /// Assigns what is encoded already, in place of what was assigned before.
    pub fn insert(&mut self, attribute: &'static str, assigned: Assigned) {
        match self.values.iter_mut().find(|(name, _)| *name == attribute) {
            Some((_, earlier)) => *earlier = assigned,
            None => self.values.push((attribute, assigned)),
        }
    }

    /// What was assigned to `attribute`; `None` if nothing was.
    pub fn get(&self, attribute: &str) -> Option<&Assigned> {
        self.values.iter().find(|(name, _)| *name == attribute).map(|(_, assigned)| assigned)
    }

    /// Every attribute that was assigned, with what was assigned to it.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Assigned)> {
        self.values.iter().map(|(attribute, assigned)| (*attribute, assigned))
    }

    /// Whether nothing was assigned.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

fn encoded<T: Attribute>(attribute: &'static str, value: &T) -> Result<Vec<u8>, EncodeError> {
    encode_value(value).map_err(|error| error.in_attribute(attribute))
}
