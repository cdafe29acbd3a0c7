use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bytes::Bytes;

use super::presence::{Fixed, Optional, Presence};
use crate::codec::Decimal;

/// A type that `ADD` takes: a number, or a set.
#[diagnostic::on_unimplemented(
    message = "`add` needs a number or a set, not `{Self}`",
    label = "not a number and not a set",
    note = "use `.append(…)` for a list and `.set(…)` for anything else"
)]
pub trait Addable {}

/// A type with elements by position: a list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list",
    label = "only a list has elements by position"
)]
pub trait Listed {
    /// The element's type.
    type Element;
    /// Whether an element may be taken out.
    type ElementPresence: Presence;
}

/// A type with any number of elements: what `.append(…)` and `.prepend(…)` take. Arrays keep their length.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list that can grow",
    label = "only a `Vec` takes more elements",
    note = "use `.set(…)` for the whole value, or for an element of an array: `.set(field.at(0), …)`"
)]
pub trait Growable: Listed {}

/// A type whose lists are lists: every attribute but `u8`, for a `Vec<u8>` is stored as bytes.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` is not stored as a list",
    label = "stored as bytes (B), which have no elements",
    note = "use `.set(…)` for the whole value; `begins_with` and `size` take bytes"
)]
pub trait ListElement {}

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

impl<T: ListElement> Listed for Vec<T> {
    type Element = T;
    type ElementPresence = Optional;
}

impl<T: ListElement, const N: usize> Listed for [T; N] {
    type Element = T;
    type ElementPresence = Fixed;
}

impl<T: Listed> Listed for Option<T> {
    type Element = T::Element;
    type ElementPresence = T::ElementPresence;
}

impl<T: ListElement> Growable for Vec<T> {}
impl<T: Growable> Growable for Option<T> {}

impl<T> Keyed for BTreeMap<String, T> {
    type Entry = T;
}

impl<T, S> Keyed for HashMap<String, T, S> {
    type Entry = T;
}

impl<T: Keyed> Keyed for Option<T> {
    type Entry = T::Entry;
}

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
    ($($number:ty),+) => {
        $(
            impl Number for $number {}
            impl Addable for $number {}
        )+
    };
}

numbers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, Decimal);

impl<T: Number> Number for Option<T> {}

/// A type that has prefixes: strings and bytes.
#[diagnostic::on_unimplemented(
    message = "`begins_with` needs a string or bytes, not `{Self}`",
    label = "has no prefix"
)]
pub trait HasPrefix {}

impl HasPrefix for String {}
impl HasPrefix for Bytes {}
impl HasPrefix for Vec<u8> {}
impl<T: HasPrefix> HasPrefix for Option<T> {}

/// A type that contains others: a string its parts, a set or a list its elements.
#[diagnostic::on_unimplemented(
    message = "`contains` needs a string, a set or a list, not `{Self}`",
    label = "contains nothing that can be looked for"
)]
pub trait ContainsElement {
    /// What is looked for.
    type Element;
}

impl ContainsElement for String {
    type Element = String;
}

impl<T: ListElement> ContainsElement for Vec<T> {
    type Element = T;
}

impl<T: ListElement, const N: usize> ContainsElement for [T; N] {
    type Element = T;
}

impl<T> ContainsElement for BTreeSet<T> {
    type Element = T;
}

impl<T, S> ContainsElement for HashSet<T, S> {
    type Element = T;
}

impl<T: ContainsElement> ContainsElement for Option<T> {
    type Element = T::Element;
}
