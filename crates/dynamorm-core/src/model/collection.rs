use std::{fmt, marker::PhantomData};

use super::{
    contract::Model,
    definition::{KeyAttribute, KeySchema, TableDefinition},
    index::{ConsistentIndex, Index, WholeItems},
    read_item::ReadItem,
};
use crate::key::{KeyForm, KeyKind};

/// Several models whose items stand in one partition of one table. Derived by `#[derive(Collection)]`.
///
/// The table is read under the name that a `Db` has for the first model. What the compiler cannot see is whether the
/// fields of the partition keys have the same types: keys that write the same value differently, as a `String` and a
/// `u32` do, stand in different partitions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a collection",
    note = "derive it with `#[derive(Collection)]` on an enum of models"
)]
pub trait Collection: ReadItem + Sync {
    /// The first of the models; all are in its table.
    type First: Model;

    /// The models' tables, in the order of the variants.
    const MODELS: &'static [&'static TableDefinition];
}

/// That the items of a model are of the collection `C`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model of the collection `{C}`",
    note = "name the partition by a model that is one of the collection's variants"
)]
pub trait MemberOf<C> {}

/// The partitions of a collection, as what a query reads.
pub struct CollectionPartition<C>(PhantomData<fn() -> C>);

impl<C> Clone for CollectionPartition<C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for CollectionPartition<C> {}

impl<C> fmt::Debug for CollectionPartition<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CollectionPartition")
    }
}

impl<C: Collection> Index for CollectionPartition<C> {
    type Model = C::First;
    type Item = C;
    type Base = Self;

    const NAME: Option<&'static str> = None;
    const KEY: KeySchema = <C::First as Model>::TABLE.primary_key;
    const TTL: Option<&'static str> = ttl(C::MODELS);
}

impl<C: Collection> ConsistentIndex for CollectionPartition<C> {}
impl<C: Collection> WholeItems for CollectionPartition<C> {}

/// The TTL attribute of the first model that has one.
const fn ttl(models: &[&'static TableDefinition]) -> Option<&'static str> {
    let mut index = 0;
    while index < models.len() {
        if models[index].ttl.is_some() {
            return models[index].ttl;
        }
        index += 1;
    }
    None
}

/// Whether two models are of one table: its name and its key attributes.
pub const fn is_one_table(one: &TableDefinition, other: &TableDefinition) -> bool {
    let (left, right) = (one.primary_key, other.primary_key);
    is_same_text(one.name, other.name)
        && is_same_attribute(left.partition, right.partition)
        && match (left.sort, right.sort) {
            (None, None) => true,
            (Some(left), Some(right)) => is_same_attribute(left, right),
            _ => false,
        }
}

/// Whether the partition keys of two models are made alike, so that one partition holds items of both.
pub const fn is_one_partition(one: &TableDefinition, other: &TableDefinition) -> bool {
    match (one.partition_form, other.partition_form) {
        (KeyForm::Any, KeyForm::Any) => true,
        (KeyForm::Joined(left), KeyForm::Joined(right)) => {
            if left.len() != right.len() {
                return false;
            }
            let mut index = 0;
            while index < left.len() {
                if !is_same_text(left[index], right[index]) {
                    return false;
                }
                index += 1;
            }
            true
        }
        _ => false,
    }
}

/// Whether two models have one TTL attribute, as far as both have one: a table has no more.
pub const fn is_one_ttl(one: &TableDefinition, other: &TableDefinition) -> bool {
    match (one.ttl, other.ttl) {
        (Some(left), Some(right)) => is_same_text(left, right),
        _ => true,
    }
}

/// Whether no sort key fits both models, by the literals that they begin with.
pub const fn is_apart(one: &TableDefinition, other: &TableDefinition) -> bool {
    let (left, right) = (one.sort_form, other.sort_form);
    match (left.is_open(), right.is_open()) {
        (false, false) => is_joined(left) && is_joined(right) && !is_same_text(left.prefix(), right.prefix()),
        // What no literal begins, everything fits.
        (true, false) => is_joined(right) && !begins_with(right.prefix(), left.prefix()),
        (false, true) => is_joined(left) && !begins_with(left.prefix(), right.prefix()),
        (true, true) => {
            !begins_with(left.prefix(), right.prefix()) && !begins_with(right.prefix(), left.prefix())
        }
    }
}

const fn is_joined(form: KeyForm) -> bool {
    matches!(form, KeyForm::Joined(_))
}

const fn is_same_attribute(left: KeyAttribute, right: KeyAttribute) -> bool {
    is_same_text(left.name, right.name)
        && matches!(
            (left.kind, right.kind),
            (KeyKind::S, KeyKind::S) | (KeyKind::N, KeyKind::N) | (KeyKind::B, KeyKind::B)
        )
}

const fn is_same_text(left: &str, right: &str) -> bool {
    left.len() == right.len() && begins_with(left, right)
}

const fn begins_with(text: &str, prefix: &str) -> bool {
    let (text, prefix) = (text.as_bytes(), prefix.as_bytes());
    if prefix.len() > text.len() {
        return false;
    }
    let mut index = 0;
    while index < prefix.len() {
        if text[index] != prefix[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_apart;
    use crate::{
        key::{
            KeyForm::{self, Any, Joined},
            KeyKind,
        },
        model::{KeyAttribute, KeySchema, TableDefinition},
    };

    const fn with(sort_form: KeyForm) -> TableDefinition {
        TableDefinition {
            name: "t",
            primary_key: KeySchema {
                partition: KeyAttribute { name: "pk", kind: KeyKind::S },
                sort: Some(KeyAttribute { name: "sk", kind: KeyKind::S }),
            },
            indexes: &[],
            ttl: None,
            stream: None,
            version: None,
            created_at: None,
            updated_at: None,
            templates: &[],
            partition_form: Joined(&["T"]),
            sort_form,
        }
    }

    #[test]
    fn sort_keys_are_apart_when_no_text_fits_both() {
        let apart = [
            (Joined(&["A"]), Joined(&["AB"])),
            (Joined(&["LINE"]), Joined(&["LINE#", ""])),
            (Joined(&["LINE#", ""]), Joined(&["NOTE#", ""])),
        ];
        for (left, right) in apart {
            assert!(is_apart(&with(left), &with(right)), "{left:?} {right:?}");
            assert!(is_apart(&with(right), &with(left)), "{right:?} {left:?}");
        }
    }

    #[test]
    fn sort_keys_collide_when_a_text_may_fit_both() {
        let colliding = [
            (Any, Joined(&["A"])),
            (Any, Any),
            (Joined(&["A"]), Joined(&["A"])),
            (Joined(&["LINE#1"]), Joined(&["LINE#", ""])),
            (Joined(&["LINE#", ""]), Joined(&["LINE#", ""])),
            (Joined(&["L", ""]), Joined(&["LINE#", ""])),
        ];
        for (left, right) in colliding {
            assert!(!is_apart(&with(left), &with(right)), "{left:?} {right:?}");
            assert!(!is_apart(&with(right), &with(left)), "{right:?} {left:?}");
        }
    }
}
