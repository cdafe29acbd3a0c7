use super::stream_view::StreamView;
use crate::key::{KeyForm, KeyKind, Template};

/// A table as its model defines it. Its capacity is on demand: a provisioned one is the operator's choice, not a model's.
#[derive(Clone, Copy, Debug)]
pub struct TableDefinition {
    /// The table's name, before a `Db`'s prefix.
    pub name: &'static str,
    /// The primary key's attributes.
    pub primary_key: KeySchema,
    /// The global secondary indexes.
    pub indexes: &'static [IndexDefinition],
    /// The attribute with the instant of expiry in epoch seconds.
    pub ttl: Option<&'static str>,
    /// What the table's stream has to say of a change; `None` where the model has no wish, and leaves a stream that is
    /// there to whoever made it.
    pub stream: Option<StreamView>,
    /// The attribute that counts the writes.
    pub version: Option<&'static str>,
    /// The attribute with the instant of the first write.
    pub created_at: Option<&'static str>,
    /// The attribute with the instant of the last write.
    pub updated_at: Option<&'static str>,
    /// The index-key attributes that are made by templates.
    pub templates: &'static [Template],
    /// What the model's partition keys have in common.
    pub partition_form: KeyForm,
    /// What the model's sort keys have in common.
    pub sort_form: KeyForm,
}

impl TableDefinition {
    /// The index of that name.
    pub fn index(&self, name: &str) -> Option<&'static IndexDefinition> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// Whether its primary keys tell the model's items from those of other models.
    pub const fn has_key_form(&self) -> bool {
        matches!((self.partition_form, self.sort_form), (KeyForm::Joined(_), _) | (_, KeyForm::Joined(_)))
    }

    /// Whether an index key is, or is made of, the attribute.
    pub fn is_in_index_key(&self, attribute: &str) -> bool {
        let is_part = |template: &Template| template.field_attributes().any(|part| part == attribute);
        self.templates.iter().any(is_part)
            || self.indexes.iter().any(|index| index.key.attributes().any(|key| key.name == attribute))
    }
}

/// The attributes of a primary key or of an index's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySchema {
    /// The partition key.
    pub partition: KeyAttribute,
    /// The sort key.
    pub sort: Option<KeyAttribute>,
}

impl KeySchema {
    /// The partition key and the sort key, if there is one.
    pub fn attributes(&self) -> impl Iterator<Item = KeyAttribute> {
        std::iter::once(self.partition).chain(self.sort)
    }
}

/// A key attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyAttribute {
    /// The attribute's name.
    pub name: &'static str,
    /// Its type.
    pub kind: KeyKind,
}

/// A global secondary index.
#[derive(Clone, Copy, Debug)]
pub struct IndexDefinition {
    /// The index's name.
    pub name: &'static str,
    /// Its key.
    pub key: KeySchema,
    /// Which attributes it carries.
    pub projection: IndexProjection,
}

/// Which attributes an index carries besides its own and the table's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexProjection {
    /// All of them (`ALL`).
    All,
    /// None (`KEYS_ONLY`).
    Keys,
    /// These (`INCLUDE`).
    Include(&'static [&'static str]),
}
