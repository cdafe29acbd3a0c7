use super::{
    compared::{Compared, Size},
    comparison::{Between, Comparator, Comparison, InList},
    function::{AttributeType, BeginsWith, Contains, Exists},
    operand::Operand,
    path::{AtIndex, Entry, Nested, Path},
    value_kind::{ContainsElement, HasPrefix, Holds, Keyed, Listed},
};
use crate::codec::Tag;

/// What can be said of a path: comparisons, which the size of what it leads to has too, functions, and the paths
/// further in.
pub trait PathConditions: Compared {
    /// `path = operand`; with an absent operand (`None`): the attribute does not exist.
    fn eq<O: Operand<Self::Value, Self::Model>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::Equal, operand)
    }

    /// `path <> operand`, also true where the attribute does not exist; with an absent operand: it exists.
    fn ne<O: Operand<Self::Value, Self::Model>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::NotEqual, operand)
    }

    /// `path < operand`
    fn lt<O: Operand<Self::Value, Self::Model>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::Less, operand)
    }

    /// `path <= operand`
    fn le<O: Operand<Self::Value, Self::Model>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::LessOrEqual, operand)
    }

    /// `path > operand`
    fn gt<O: Operand<Self::Value, Self::Model>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::Greater, operand)
    }

    /// `path >= operand`
    fn ge<O: Operand<Self::Value, Self::Model>>(self, operand: O) -> Comparison<Self, O> {
        Comparison::new(self, Comparator::GreaterOrEqual, operand)
    }

    /// `path BETWEEN low AND high`, both included.
    fn between<L, H>(self, low: L, high: H) -> Between<Self, L, H>
    where
        L: Operand<Self::Value, Self::Model>,
        H: Operand<Self::Value, Self::Model>,
    {
        Between::new(self, low, high)
    }

    /// `path IN (…)`: at most 100 operands ([source](crate::limits::MAX_IN_OPERANDS)); none of them is never true.
    fn one_of<O>(self, operands: impl IntoIterator<Item = O>) -> InList<Self, O>
    where
        O: Operand<Self::Value, Self::Model>,
    {
        InList::new(self, operands.into_iter().collect())
    }

    /// `attribute_exists(path)`
    fn exists(self) -> Exists<Self>
    where
        Self: Path,
    {
        Exists::new(self, true)
    }

    /// `attribute_not_exists(path)`
    fn not_exists(self) -> Exists<Self>
    where
        Self: Path,
    {
        Exists::new(self, false)
    }

    /// `attribute_type(path, …)`
    fn has_type(self, tag: Tag) -> AttributeType<Self>
    where
        Self: Path,
    {
        AttributeType::new(self, tag)
    }

    /// `begins_with(path, prefix)`, of strings and bytes.
    fn begins_with<O>(self, prefix: O) -> BeginsWith<Self, O>
    where
        Self: Path,
        <Self as Path>::Value: HasPrefix,
        O: Operand<<Self as Path>::Value, <Self as Path>::Model>,
    {
        BeginsWith::new(self, prefix)
    }

    /// `contains(path, operand)`: a string's part, a set's or a list's element.
    fn contains<O>(self, operand: O) -> Contains<Self, O>
    where
        Self: Path,
        <Self as Path>::Value: ContainsElement,
        O: Operand<<<Self as Path>::Value as ContainsElement>::Element, <Self as Path>::Model>,
    {
        Contains::new(self, operand)
    }

    /// `size(path)`: characters of a string, bytes, or elements. It can be compared.
    fn size(self) -> Size<Self>
    where
        Self: Path,
    {
        Size(self)
    }

    /// The path to a field of the nested struct that stands here: `f.address.field(Address::fields().city)`.
    fn field<C: Path>(self, field: C) -> Nested<Self, C>
    where
        Self: Path,
        <Self as Path>::Value: Holds<C::Model>,
    {
        Nested(self, field)
    }

    /// The path to a list's element.
    fn at(self, index: usize) -> AtIndex<Self>
    where
        Self: Path,
        <Self as Path>::Value: Listed,
    {
        AtIndex(self, index)
    }

    /// The path to a map's entry.
    fn entry(self, key: impl Into<String>) -> Entry<Self>
    where
        Self: Path,
        <Self as Path>::Value: Keyed,
    {
        Entry(self, key.into())
    }
}

impl<C: Compared> PathConditions for C {}
