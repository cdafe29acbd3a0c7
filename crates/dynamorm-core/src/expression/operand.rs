use super::{path::Path, placeholders::Placeholders};
use crate::codec::{EncodeError, Writer};

/// What an attribute of type `V` of model `M` can be compared with or set to: a value, or another path of that type
/// and model.
#[diagnostic::on_unimplemented(
    message = "an attribute of type `{V}` takes no `{Self}`",
    label = "expected a value for an attribute of type `{V}`",
    note = "pass the field's own type, a reference to it, what an `Option` holds, or another field of the same model \
            and type"
)]
pub trait Operand<V, M> {
    /// Appends the operand to an expression.
    fn write(&self, out: &mut String, placeholders: &mut Placeholders);

    /// Writes the value itself; `false` if the operand is a path, whose value only the engine knows.
    ///
    /// # Errors
    /// When DynamoDB has no such value.
    fn encode_operand(&self, writer: &mut Writer) -> Result<bool, EncodeError>;

    /// Whether the value is an absent attribute: `None`, an empty set.
    fn is_absent_operand(&self) -> bool {
        false
    }
}

/// An operand that an update can give an attribute: a value or a path. A size can be compared alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be assigned",
    label = "not a value, and not a field",
    note = "DynamoDB computes sizes in conditions alone"
)]
pub trait Assignable {}

#[diagnostic::do_not_recommend]
impl<P: Path> Assignable for P {}

/// Stands for no model: what is an operand for it is a value, for no path belongs to it.
#[derive(Clone, Copy, Debug)]
pub enum NoModel {}

/// An [`Operand`] that is a value: what `add`, `append` and the like take.
#[diagnostic::on_unimplemented(
    message = "an attribute of type `{V}` takes no `{Self}` here",
    label = "expected a value of type `{V}`",
    note = "pass a value of the field's own type or a reference to it; for a list or a set an array does too"
)]
pub trait ValueOperand<V>: Operand<V, NoModel> {}

/// A [`ValueOperand`] for a key attribute: what partitions and key conditions take.
#[diagnostic::on_unimplemented(
    message = "a key of type `{V}` takes no `{Self}`",
    label = "expected a value for a key of type `{V}`"
)]
pub trait KeyOperand<V>: ValueOperand<V> {}

#[diagnostic::do_not_recommend]
impl<V, T: ValueOperand<V>> KeyOperand<V> for T {}

#[diagnostic::do_not_recommend]
impl<P: Path> Operand<P::Value, P::Model> for P {
    fn write(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.write_path(out, placeholders);
    }

    fn encode_operand(&self, _: &mut Writer) -> Result<bool, EncodeError> {
        Ok(false)
    }
}

/// Writes the impls by which values of a type, and references to them, are operands.
///
/// `[generics] Type` is the whole of it, for every type that is an attribute; the other forms are its parts.
#[doc(hidden)]
#[macro_export]
macro_rules! __operand {
    ([$($generics:tt)*] $type:ty) => {
        $crate::__operand!(@values [$($generics)*] $type);
        impl<$($generics)*> $crate::expression::ListElement for $type {}
    };
    // All but being a list's element, which bytes are not.
    (@values [$($generics:tt)*] $type:ty) => {
        $crate::__operand!(@operand [$($generics)*] $type);
        $crate::__operand!(@operand [$($generics)*] &$type);
        $crate::__operand!(@stored [$($generics)*] $type, $type => $type);
        $crate::__operand!(@stored [$($generics)*] $type, &$type => $type);
        $crate::__operand!(@stored [$($generics)*] $type, $type => ::core::option::Option<$type>);
        $crate::__operand!(@stored [$($generics)*] $type, &$type => ::core::option::Option<$type>);
    };
    // A value names no attribute, so that it may stand in the filters of every index.
    (@operand [$($generics:tt)*] $operand:ty) => {
        impl<__Ix, $($generics)*> $crate::expression::FilterOn<__Ix> for $operand {}
        impl<$($generics)*> $crate::expression::Assignable for $operand {}
    };
    (@stored [$($generics:tt)*] $stored:ty, $operand:ty => $value:ty) => {
        $crate::__operand!(@one [$($generics)*] $operand => $value,
            |this, writer| <$stored as $crate::codec::Attribute>::encode(this, writer),
            |this| <$stored as $crate::codec::Attribute>::is_absent(this));
    };
    // For an attribute and for an optional one.
    (@both [$($generics:tt)*] $operand:ty => $value:ty, |$this:ident, $writer:ident| $encode:expr, |$that:ident| $absent:expr) => {
        $crate::__operand!(@one [$($generics)*] $operand => $value, |$this, $writer| $encode, |$that| $absent);
        $crate::__operand!(@one [$($generics)*] $operand => ::core::option::Option<$value>,
            |$this, $writer| $encode, |$that| $absent);
    };
    (@one [$($generics:tt)*] $operand:ty => $value:ty, |$this:ident, $writer:ident| $encode:expr, |$that:ident| $absent:expr) => {
        impl<__M, $($generics)*> $crate::expression::Operand<$value, __M> for $operand {
            fn write(&self, out: &mut ::std::string::String, placeholders: &mut $crate::expression::Placeholders) {
                let $this = self;
                placeholders.push_value(out, |$writer| $encode);
            }

            fn encode_operand(
                &self,
                $writer: &mut $crate::codec::Writer,
            ) -> ::core::result::Result<bool, $crate::codec::EncodeError> {
                let $this = self;
                $encode.map(|()| true)
            }

            fn is_absent_operand(&self) -> bool {
                let $that = self;
                $absent
            }
        }

        impl<$($generics)*> $crate::expression::ValueOperand<$value> for $operand {}
    };
}
