use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::{BuildHasher, Hash},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;

use super::{path::Path, placeholders::Placeholders};
use crate::{
    Attribute, Timestamp,
    codec::{Decimal, EncodeError, EpochSeconds, SetElement, Writer},
};

/// What an attribute of type `V` can be compared with or set to: a value, or another path of that type.
#[diagnostic::on_unimplemented(
    message = "an attribute of type `{V}` takes no `{Self}`",
    label = "expected a value for an attribute of type `{V}`",
    note = "pass the field's own type, a reference to it, what an `Option` holds, or another field of the same type"
)]
pub trait Operand<V> {
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

/// An [`Operand`] that is a value: what keys and key conditions take.
#[diagnostic::on_unimplemented(
    message = "a key of type `{V}` takes no `{Self}`",
    label = "expected a value for a key of type `{V}`"
)]
pub trait KeyOperand<V>: Operand<V> {}

#[diagnostic::do_not_recommend]
impl<P: Path> Operand<P::Value> for P {
    fn write(&self, out: &mut String, placeholders: &mut Placeholders) {
        self.write_path(out, placeholders);
    }

    fn encode_operand(&self, _: &mut Writer) -> Result<bool, EncodeError> {
        Ok(false)
    }
}

/// Writes the [`Operand`] impls by which values of a type, and references to them, are operands.
#[doc(hidden)]
#[macro_export]
macro_rules! __operand {
    (@one [$($generics:tt)*] $operand:ty => $value:ty, |$this:ident, $writer:ident| $encode:expr, |$that:ident| $absent:expr) => {
        impl<$($generics)*> $crate::expression::Operand<$value> for $operand {
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

        impl<$($generics)*> $crate::expression::KeyOperand<$value> for $operand {}
    };
    (@of [$($generics:tt)*] $stored:ty, $operand:ty => $value:ty) => {
        $crate::__operand!(@one [$($generics)*] $operand => $value,
            |this, writer| <$stored as $crate::codec::Attribute>::encode(this, writer),
            |this| <$stored as $crate::codec::Attribute>::is_absent(this));
    };
    ([$($generics:tt)*] $type:ty) => {
        $crate::__operand!(@of [$($generics)*] $type, $type => $type);
        $crate::__operand!(@of [$($generics)*] $type, &$type => $type);
        $crate::__operand!(@of [$($generics)*] $type, $type => ::core::option::Option<$type>);
        $crate::__operand!(@of [$($generics)*] $type, &$type => ::core::option::Option<$type>);
    };
}

macro_rules! operands {
    ($($type:ty),+ $(,)?) => { $(__operand!([] $type);)+ };
}

operands! {
    bool, char, String, Cow<'static, str>, Arc<str>, Bytes, Decimal, Duration, Timestamp, serde_json::Value,
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64,
}

#[cfg(feature = "uuid")]
operands!(uuid::Uuid);

__operand!([T: Attribute] Vec<T>);
__operand!([T: Attribute] BTreeMap<String, T>);
__operand!([T: Attribute, S: BuildHasher + Default] HashMap<String, T, S>);
__operand!([T: SetElement + Ord] BTreeSet<T>);
__operand!([T: SetElement + Eq + Hash, S: BuildHasher + Default] HashSet<T, S>);
__operand!([T: Attribute, const N: usize] [T; N]);

// Here, not with each type: a crate cannot say it of an option of its own type.
__operand!(@of [T: Attribute] Option<T>, Option<T> => Option<T>);
__operand!(@of [T: Attribute] Option<T>, &Option<T> => Option<T>);

// Borrowed text, without a `String` on the way.
__operand!(@one [] &str => String, |text, writer| { writer.string(text); Ok(()) }, |_text| false);
__operand!(@one [] &str => Option<String>, |text, writer| { writer.string(text); Ok(()) }, |_text| false);

// A `ttl` field is an instant that is stored as epoch seconds.
__operand!(@one [] Timestamp => EpochSeconds, |at, writer| EpochSeconds::from(*at).encode(writer), |_at| false);
__operand!(@one [] Timestamp => Option<EpochSeconds>, |at, writer| EpochSeconds::from(*at).encode(writer), |_at| false);
__operand!(@one [] Option<Timestamp> => Option<EpochSeconds>,
    |at, writer| at.map(EpochSeconds::from).encode(writer), |at| at.is_none());
