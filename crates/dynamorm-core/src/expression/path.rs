use std::borrow::Cow;

use super::{
    AttributeType, BeginsWith, Between, Comparison, Contains, ContainsElement, Exists, FilterOn, HasPrefix, Holds,
    InList, Keyed, Listed, Operand, Placeholders, comparison::Comparator, placeholders::push,
};
use crate::codec::Tag;

/// A path to an attribute, or into one: a field of a model, of a nested struct, a list's element, a map's entry.
///
/// It belongs to one model and carries the type of what stands there, so that conditions and updates take nothing
/// else.
pub trait Path: Sized {
    /// The model or nested struct that the path starts in.
    type Model;
    /// The type of what the path leads to.
    type Value;
    /// Whether what the path leads to may be absent.
    type Presence: Presence;

    /// Whether the path names a list's element by position, so that removing it twice removes two elements.
    const IS_POSITIONAL: bool = false;

    /// Appends the path to an expression, every name as a placeholder.
    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders);

    /// `path = operand`; with an absent operand (`None`): the attribute does not exist.
    fn eq<O: Operand<Self::Value>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::Equal, operand)
    }

    /// `path <> operand`, also true where the attribute does not exist; with an absent operand: it exists.
    fn ne<O: Operand<Self::Value>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::NotEqual, operand)
    }

    /// `path < operand`
    fn lt<O: Operand<Self::Value>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::Less, operand)
    }

    /// `path <= operand`
    fn le<O: Operand<Self::Value>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::LessOrEqual, operand)
    }

    /// `path > operand`
    fn gt<O: Operand<Self::Value>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::Greater, operand)
    }

    /// `path >= operand`
    fn ge<O: Operand<Self::Value>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::GreaterOrEqual, operand)
    }

    /// `path BETWEEN low AND high`, both included.
    fn between<L: Operand<Self::Value>, H: Operand<Self::Value>>(self, low: L, high: H) -> Between<Self, L, H> {
        Between::new(self, low, high)
    }

    /// `path IN (…)`: at most 100 operands ([source](crate::limits::MAX_IN_OPERANDS)); none of them is never true.
    fn is_in<O: Operand<Self::Value>>(self, operands: impl IntoIterator<Item = O>) -> InList<Self, O> {
        InList::new(self, operands.into_iter().collect())
    }

    /// `attribute_exists(path)`
    fn exists(self) -> Exists<Self> {
        Exists::new(self, true)
    }

    /// `attribute_not_exists(path)`
    fn not_exists(self) -> Exists<Self> {
        Exists::new(self, false)
    }

    /// `attribute_type(path, …)`
    fn has_type(self, tag: Tag) -> AttributeType<Self> {
        AttributeType::new(self, tag)
    }

    /// `begins_with(path, prefix)`, of strings and bytes.
    fn begins_with<O: Operand<Self::Value>>(self, prefix: O) -> BeginsWith<Self, O>
    where
        Self::Value: HasPrefix,
    {
        BeginsWith::new(self, prefix)
    }

    /// `contains(path, operand)`: a string's part, a set's or a list's element.
    fn contains<O: Operand<<Self::Value as ContainsElement>::Element>>(self, operand: O) -> Contains<Self, O>
    where
        Self::Value: ContainsElement,
    {
        Contains::new(self, operand)
    }

    /// `size(path)`: characters of a string, bytes, or elements.
    fn size(self) -> Size<Self> {
        Size(self)
    }

    /// The path to a field of the nested struct that stands here: `f.address.field(Address::fields().city)`.
    fn field<C: Path>(self, field: C) -> Nested<Self, C>
    where
        Self::Value: Holds<C::Model>,
    {
        Nested(self, field)
    }

    /// The path to a list's element.
    fn at(self, index: usize) -> AtIndex<Self>
    where
        Self::Value: Listed,
    {
        AtIndex(self, index)
    }

    /// The path to a map's entry.
    fn entry(self, key: impl Into<String>) -> Entry<Self>
    where
        Self::Value: Keyed,
    {
        Entry(self, key.into())
    }
}

/// Whether an attribute may be absent: [`Optional`], or as its type says ([`Required`]).
pub trait Presence {}

/// The attribute may be absent: it has a default, or stands in a list or a map.
#[derive(Clone, Copy, Debug)]
pub struct Optional;

/// The attribute may be absent only if its type has a value for that: an option, a set.
#[derive(Clone, Copy, Debug)]
pub struct Required;

impl Presence for Optional {}
impl Presence for Required {}

/// A field of the nested struct that another path leads to.
#[derive(Clone, Copy, Debug)]
pub struct Nested<P, C>(P, C);

impl<P: Path, C: Path> Path for Nested<P, C> {
    type Model = P::Model;
    type Value = C::Value;
    type Presence = C::Presence;

    const IS_POSITIONAL: bool = P::IS_POSITIONAL || C::IS_POSITIONAL;

    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.0.write_path(out, placeholders);
        out.push('.');
        self.1.write_path(out, placeholders);
    }
}

/// An element of the list that another path leads to.
#[derive(Clone, Copy, Debug)]
pub struct AtIndex<P>(P, usize);

impl<P: Path> Path for AtIndex<P>
where
    P::Value: Listed,
{
    type Model = P::Model;
    type Value = <P::Value as Listed>::Element;
    type Presence = Optional;

    const IS_POSITIONAL: bool = true;

    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.0.write_path(out, placeholders);
        push(out, format_args!("[{}]", self.1));
    }
}

/// An entry of the map that another path leads to.
#[derive(Clone, Debug)]
pub struct Entry<P>(P, String);

impl<P: Path> Path for Entry<P>
where
    P::Value: Keyed,
{
    type Model = P::Model;
    type Value = <P::Value as Keyed>::Entry;
    type Presence = Optional;

    const IS_POSITIONAL: bool = P::IS_POSITIONAL;

    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.0.write_path(out, placeholders);
        out.push('.');
        placeholders.push_name(out, Cow::Owned(self.1.clone()));
    }
}

/// The size of what another path leads to; for conditions alone.
#[derive(Clone, Copy, Debug)]
pub struct Size<P>(P);

impl<P: Path> Path for Size<P> {
    type Model = P::Model;
    type Value = u64;
    type Presence = Required;

    fn write_path(&self, out: &mut String, placeholders: &mut Placeholders) {
        out.push_str("size(");
        self.0.write_path(out, placeholders);
        out.push(')');
    }
}

impl<Ix, P: FilterOn<Ix>, C> FilterOn<Ix> for Nested<P, C> {}
impl<Ix, P: FilterOn<Ix>> FilterOn<Ix> for AtIndex<P> {}
impl<Ix, P: FilterOn<Ix>> FilterOn<Ix> for Entry<P> {}
impl<Ix, P: FilterOn<Ix>> FilterOn<Ix> for Size<P> {}
