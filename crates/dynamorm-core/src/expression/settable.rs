use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{AtIndex, Entry, Nested, Optional, Path, Required};
use crate::codec::Decimal;

/// A path that an update may set by itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be set by itself",
    label = "part of the primary key, part of an index key together with other fields, or kept by the mapper",
    note = "a primary key never changes, and `version`, `created_at` and `updated_at` are kept by the mapper; for an \
            index key set the whole group with `.set_group(…)`, or take the missing parts from an item in hand with \
            `.rekey(&item)`"
)]
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be set, even with the parts of an item in hand",
    label = "part of the primary key, or kept by the mapper"
)]
pub trait Rekeyable: Path {}

/// [`Settable`] and [`Rekeyable`], by what an update has in hand: [`WholeGroups`] or [`PartsInHand`].
pub trait SettableWith<K>: Path {}

/// Marks an update that has no item in hand: index-key groups are set whole.
#[derive(Clone, Copy, Debug)]
pub struct WholeGroups;

/// Marks an update that takes missing parts of index keys from an item in hand.
#[derive(Clone, Copy, Debug)]
pub struct PartsInHand;

impl<P: Settable> SettableWith<WholeGroups> for P {}
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

/// A value that may be absent, by its attribute's [`Presence`] or by its type.
#[diagnostic::on_unimplemented(
    message = "a required attribute cannot be removed",
    label = "an item without the attribute could not be read",
    note = "make the field an `Option`, or give it `#[dynamorm(default)]`"
)]
pub trait RemovableValue {}

impl<V> RemovableValue for (Optional, V) {}
impl<T> RemovableValue for (Required, Option<T>) {}
impl<T> RemovableValue for (Required, BTreeSet<T>) {}
impl<T, S> RemovableValue for (Required, HashSet<T, S>) {}

/// A type that `ADD` takes: a number, or a set.
#[diagnostic::on_unimplemented(
    message = "`add` needs a number or a set, not `{Self}`",
    label = "not a number and not a set",
    note = "use `.append(…)` for a list and `.set(…)` for anything else"
)]
pub trait Addable {}

/// A type with elements by position: a list.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a list", label = "only a list has elements by position")]
pub trait Listed {
    /// The element's type.
    type Element;
}

/// A type with entries by name: a map.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a map", label = "only a map has entries by name")]
pub trait Keyed {
    /// The entry's type.
    type Entry;
}

/// A type that a set holds: what `.delete(…)` removes elements from.
#[diagnostic::on_unimplemented(message = "`delete` needs a set, not `{Self}`", label = "not a set")]
pub trait SetValue {}

/// A type in which a nested struct stands: the struct itself, or an option of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not hold a `{T}`",
    label = "this field belongs to another struct"
)]
pub trait Holds<T> {}

impl<T> Holds<T> for T {}
impl<T> Holds<T> for Option<T> {}

impl<T> Listed for Vec<T> {
    type Element = T;
}

impl<T, const N: usize> Listed for [T; N] {
    type Element = T;
}

impl<T: Listed> Listed for Option<T> {
    type Element = T::Element;
}

impl<T> Keyed for BTreeMap<String, T> {
    type Entry = T;
}

impl<T, S> Keyed for HashMap<String, T, S> {
    type Entry = T;
}

impl<T: Keyed> Keyed for Option<T> {
    type Entry = T::Entry;
}

macro_rules! addable {
    ($($number:ty),+) => { $(impl Addable for $number {})+ };
}

addable!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, Decimal);

impl<T> Addable for BTreeSet<T> {}
impl<T, S> Addable for HashSet<T, S> {}
impl<T: Addable> Addable for Option<T> {}

impl<T> SetValue for BTreeSet<T> {}
impl<T, S> SetValue for HashSet<T, S> {}
impl<T: SetValue> SetValue for Option<T> {}

/// A number: what `.subtract(…)` takes.
#[diagnostic::on_unimplemented(message = "`subtract` needs a number, not `{Self}`", label = "not a number")]
pub trait Number {}

macro_rules! numbers {
    ($($number:ty),+) => { $(impl Number for $number {})+ };
}

numbers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, Decimal);

impl<T: Number> Number for Option<T> {}
