use std::collections::{BTreeSet, HashSet};

use super::{
    path::{AtIndex, Entry, Nested, Path},
    presence::{Optional, Required},
};
use crate::model::Ttl;

/// A path that an update may set by itself.
pub trait Settable: Path {}

/// A path that an update may change in every way: one that no index-key template is made of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be changed by this action",
    label = "part of a key, or kept by the mapper",
    note = "part of an index key takes `.set(…)`, its group `.set_group(…)`: the index key has to be written whole"
)]
pub trait Mutable: Settable {}

/// A field that [`rekey`](crate::model::Model::index_parts) lets an update set by itself, the other parts of its
/// index keys being those of an item in hand.
pub trait Rekeyable: Path {}

/// [`Settable`] and [`Rekeyable`], by what an update has in hand: [`WholeGroups`] or [`PartsInHand`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be set by itself",
    label = "part of the primary key, part of an index key together with other fields, or kept by the mapper",
    note = "a primary key never changes, and `version`, `created_at` and `updated_at` are kept by the mapper; for an \
            index key set the whole group with `.set_group(…)`, or take the missing parts from an item in hand with \
            `.rekey(&item)`"
)]
pub trait SettableWith<K>: Path {}

/// Marks an update that has no item in hand: index-key groups are set whole.
#[derive(Clone, Copy, Debug)]
pub struct WholeGroups;

/// Marks an update that takes missing parts of index keys from an item in hand.
#[derive(Clone, Copy, Debug)]
pub struct PartsInHand;

// The message is that of `SettableWith`: what a caller meets.
#[diagnostic::do_not_recommend]
impl<P: Settable> SettableWith<WholeGroups> for P {}
#[diagnostic::do_not_recommend]
impl<P: Rekeyable> SettableWith<PartsInHand> for P {}

impl<P: Mutable, C: Path> Settable for Nested<P, C> {}
impl<P: Mutable, C: Path> Mutable for Nested<P, C> {}
impl<P: Mutable, C: Path> Rekeyable for Nested<P, C> {}
impl<P: Mutable> Rekeyable for AtIndex<P> where AtIndex<P>: Path {}
impl<P: Mutable> Rekeyable for Entry<P> where Entry<P>: Path {}
impl<P: Mutable> Settable for AtIndex<P> where AtIndex<P>: Path {}
impl<P: Mutable> Mutable for AtIndex<P> where AtIndex<P>: Path {}
impl<P: Mutable> Settable for Entry<P> where Entry<P>: Path {}
impl<P: Mutable> Mutable for Entry<P> where Entry<P>: Path {}

/// A path whose attribute an update may remove.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be removed",
    label = "the attribute is required: an item without it could not be read",
    note = "make the field an `Option`, or give it `#[dynamorm(default)]`"
)]
pub trait Removable: Path {}

impl<P: Mutable> Removable for P where (P::Presence, P::Value): RemovableValue {}

/// A value that may be absent, by its attribute's [presence](super::Presence) or by its type.
#[diagnostic::on_unimplemented(
    message = "a required attribute cannot be removed",
    label = "an item without the attribute could not be read",
    note = "make the field an `Option`, or give it `#[dynamorm(default)]`; an array keeps its length: use a `Vec`"
)]
pub trait RemovableValue {}

impl<V> RemovableValue for (Optional, V) {}
impl<T> RemovableValue for (Required, Option<T>) {}
impl<T> RemovableValue for (Required, Ttl<Option<T>>) {}
impl<T> RemovableValue for (Required, BTreeSet<T>) {}
impl<T, S> RemovableValue for (Required, HashSet<T, S>) {}
