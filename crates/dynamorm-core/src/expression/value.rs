//! The values of std and of this crate as operands.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::{BuildHasher, Hash},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;

use super::value_kind::ListElement;
use crate::{
    __operand, Attribute, Timestamp,
    codec::{Decimal, EpochSeconds, SetElement, encode_set},
    model::Ttl,
};

macro_rules! operands {
    ($($type:ty),+ $(,)?) => { $(__operand!([] $type);)+ };
}

operands! {
    bool, char, String, Box<str>, Arc<str>, Bytes, Decimal, Duration, Timestamp, serde_json::Value,
    u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64,
}

// A list of `u8` is B: its bytes are no elements that a path could lead to.
__operand!(@values [] u8);

#[cfg(feature = "uuid")]
operands!(uuid::Uuid);

__operand!([T: Attribute] Arc<T>);
__operand!([T: Attribute] Rc<T>);
__operand!([T: Attribute] Vec<T>);
__operand!([T: Attribute, const N: usize] [T; N]);
__operand!([T: Attribute] BTreeMap<String, T>);
__operand!([T: Attribute, S: BuildHasher + Default] HashMap<String, T, S>);
__operand!([T: SetElement + Ord] BTreeSet<T>);
__operand!([T: SetElement + Eq + Hash, S: BuildHasher + Default] HashSet<T, S>);

// Here, not with each type: a crate cannot say it of an option of its own type. There is none of `Option<&T>`: with
// two types that it may be of, a plain `None` would be of neither.
impl<T: Attribute> ListElement for Option<T> {}
__operand!(@operand [T: Attribute] Option<T>);
__operand!(@operand [T: Attribute] &Option<T>);
__operand!(@stored [T: Attribute] Option<T>, Option<T> => Option<T>);
__operand!(@stored [T: Attribute] Option<T>, &Option<T> => Option<T>);

/// Text of one kind for an attribute of another, without a `String` on the way.
macro_rules! texts {
    ($($operand:ty => $($value:ty),+;)+) => {
        $($(__operand!(@both [] $operand => $value, |text, writer| { writer.string(text); Ok(()) }, |_text| false);)+)+
    };
}

texts! {
    &str => String, Box<str>, Arc<str>, Cow<'static, str>;
    Cow<'_, str> => String, Box<str>, Arc<str>, Cow<'static, str>;
    &Cow<'_, str> => String, Box<str>, Arc<str>, Cow<'static, str>;
    String => Box<str>, Arc<str>, Cow<'static, str>;
    &String => Box<str>, Arc<str>, Cow<'static, str>;
    Box<str> => String;
    &Box<str> => String;
    Arc<str> => String;
    &Arc<str> => String;
}

impl ListElement for Cow<'static, str> {}
__operand!(@operand [] &str);
__operand!(@operand [] Cow<'_, str>);
__operand!(@operand [] &Cow<'_, str>);

__operand!(@operand [T: Attribute] &[T]);

/// Elements that are borrowed or stand in an array, for a list of any length and, as bytes, for `Bytes`.
macro_rules! elements {
    ($([$($length:tt)*] $operand:ident;)+) => {
        $(
            __operand!(@both [T: Attribute, $($length)*] $operand!(T) => Vec<T>,
                |elements, writer| T::encode_slice(&elements[..], writer), |_elements| false);
            __operand!(@both [$($length)*] $operand!(u8) => Bytes,
                |bytes, writer| { writer.binary(&bytes[..]); Ok(()) }, |_bytes| false);
        )+
    };
}

macro_rules! slice {
    ($element:ty) => {
        &[$element]
    };
}

macro_rules! array {
    ($element:ty) => {
        [$element; N]
    };
}

macro_rules! array_reference {
    ($element:ty) => {
        &[$element; N]
    };
}

elements! {
    [] slice;
    [const N: usize] array;
    [const N: usize] array_reference;
}

// For sets arrays alone: among several kinds of references, that to a set could not be inferred.
__operand!(@both [T: SetElement + Ord, const N: usize] [T; N] => BTreeSet<T>,
    |elements, writer| {
        let distinct: BTreeSet<&T> = elements.iter().collect();
        encode_set(distinct.is_empty(), distinct, writer)
    },
    |elements| elements.is_empty());
__operand!(@both [T: SetElement + Eq + Hash, S: BuildHasher + Default, const N: usize] [T; N] => HashSet<T, S>,
    |elements, writer| {
        let distinct: HashSet<&T> = elements.iter().collect();
        encode_set(distinct.is_empty(), distinct, writer)
    },
    |elements| elements.is_empty());

// Texts as they are written in a program.
__operand!(@operand [const N: usize] [&str; N]);
__operand!(@both [const N: usize] [&str; N] => Vec<String>,
    |texts, writer| writer.list(texts, |writer, text| { writer.string(text); Ok(()) }), |_texts| false);
__operand!(@both [const N: usize] [&str; N] => BTreeSet<String>,
    |texts, writer| texts.map(str::to_owned).into_iter().collect::<BTreeSet<_>>().encode(writer),
    |texts| texts.is_empty());
__operand!(@both [S: BuildHasher + Default, const N: usize] [&str; N] => HashSet<String, S>,
    |texts, writer| texts.map(str::to_owned).into_iter().collect::<BTreeSet<_>>().encode(writer),
    |texts| texts.is_empty());

// A `ttl` field is an instant that is stored as epoch seconds.
__operand!(@one [] Timestamp => Ttl<Timestamp>, |at, writer| EpochSeconds::from(*at).encode(writer), |_at| false);
__operand!(@one [] &Timestamp => Ttl<Timestamp>, |at, writer| EpochSeconds::from(**at).encode(writer), |_at| false);
__operand!(@one [] Timestamp => Ttl<Option<Timestamp>>,
    |at, writer| EpochSeconds::from(*at).encode(writer), |_at| false);
__operand!(@one [] &Timestamp => Ttl<Option<Timestamp>>,
    |at, writer| EpochSeconds::from(**at).encode(writer), |_at| false);
__operand!(@one [] Option<Timestamp> => Ttl<Option<Timestamp>>,
    |at, writer| at.map(EpochSeconds::from).encode(writer), |at| at.is_none());
__operand!(@one [] &Option<Timestamp> => Ttl<Option<Timestamp>>,
    |at, writer| at.map(EpochSeconds::from).encode(writer), |at| at.is_none());
