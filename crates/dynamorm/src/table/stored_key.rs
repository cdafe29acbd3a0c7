use std::fmt;

use dynamorm_core::{
    model::{KeyAttribute, KeySchema},
    wire::describe_table::{KeyElement, TableDescription},
};

/// A key as a table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKey {
    /// The attributes of the partition key: one, or up to four of an index that was not made by a model.
    pub partition: Vec<StoredKeyAttribute>,
    /// The attributes of the sort key: one, or none, or up to four of an index that was not made by a model.
    pub sort: Vec<StoredKeyAttribute>,
}

/// An attribute of a key as a table has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredKeyAttribute {
    /// The attribute's name.
    pub name: String,
    /// Its type: `S`, `N` or `B`.
    pub kind: String,
}

impl StoredKey {
    pub(super) fn of(schema: &[KeyElement], table: &TableDescription) -> Self {
        let side = |key_type: &str| {
            let elements = schema.iter().filter(|element| element.key_type == key_type);
            let attribute = |element: &KeyElement| StoredKeyAttribute {
                name: element.attribute_name.clone(),
                kind: table.attribute_type(&element.attribute_name).unwrap_or_default().to_owned(),
            };
            elements.map(attribute).collect()
        };
        Self { partition: side("HASH"), sort: side("RANGE") }
    }

    /// The names of all attributes.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.partition.iter().chain(&self.sort).map(|attribute| attribute.name.as_str())
    }
}

impl PartialEq<KeySchema> for StoredKey {
    fn eq(&self, model: &KeySchema) -> bool {
        let is_same = |stored: &[StoredKeyAttribute], model: Option<KeyAttribute>| {
            let model = model.as_slice();
            stored.len() == model.len()
                && stored
                    .iter()
                    .zip(model)
                    .all(|(stored, model)| stored.name == model.name && stored.kind == model.kind.name())
        };
        is_same(&self.partition, Some(model.partition)) && is_same(&self.sort, model.sort)
    }
}

impl fmt::Display for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attributes = self.partition.iter().chain(&self.sort);
        write_attributes(f, attributes.map(|attribute| (attribute.name.as_str(), attribute.kind.as_str())))
    }
}

/// Shows a model's key as a stored one is shown.
pub(super) struct ModelKey<'a>(pub(super) &'a KeySchema);

impl fmt::Display for ModelKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_attributes(f, self.0.attributes().map(|attribute| (attribute.name, attribute.kind.name())))
    }
}

fn write_attributes<'a>(
    f: &mut fmt::Formatter<'_>,
    attributes: impl Iterator<Item = (&'a str, &'a str)>,
) -> fmt::Result {
    for (position, (name, kind)) in attributes.enumerate() {
        let separator = if position == 0 { "" } else { ", " };
        write!(f, "{separator}`{name}` ({kind})")?;
    }
    Ok(())
}
