//! What a transaction of reads gives: one result for each `get` and `get_all`, as a tuple.

use std::{iter::Copied, marker::PhantomData, slice};

use dynamorm_core::{
    Timestamp,
    codec::{DecodeError, Reader},
    model::Model,
};

use crate::expiry;

/// The item of one key, or `None`.
#[derive(Clone, Copy, Debug)]
pub struct One<M>(PhantomData<fn() -> M>);

/// The items of several keys of one model, each or `None`, in the order of the keys.
#[derive(Clone, Copy, Debug)]
pub struct Many<M>(PhantomData<fn() -> M>);

/// The items of an answer, on their way into the results.
pub struct Items<'a> {
    /// Where in the answer the item of each key stands.
    pub(super) places: Copied<slice::Iter<'a, usize>>,
    /// How many keys each result takes.
    pub(super) counts: Copied<slice::Iter<'a, usize>>,
    pub(super) answer: &'a [Option<&'a [u8]>],
    pub(super) now: Timestamp,
}

builder_debug!(['a] Items<'a>);

impl Items<'_> {
    fn next<M: Model>(&mut self) -> Result<Option<M>, DecodeError> {
        let Some(place) = self.places.next() else { return Ok(None) };
        let Some(Some(json)) = self.answer.get(place) else { return Ok(None) };
        let item = Reader::new(json)
            .and_then(|mut reader| M::decode_item(&mut reader))
            .map_err(|error| error.in_attribute("Item").at_index(place).in_attribute("Responses"))?;
        Ok(Some(item).filter(|item| expiry::is_alive(item, self.now)))
    }
}

/// What a transaction of reads gives: a tuple of [`One`] and [`Many`].
pub trait Shape: Send + 'static {
    /// The results; one that stands alone is no tuple.
    type Output: Send + 'static;

    #[doc(hidden)]
    fn read(items: &mut Items<'_>) -> Result<Self::Output, DecodeError>;
}

/// A tuple of fewer than 8 results, which takes one more. Many items of one model are one result of
/// [`TransactGet::get_all`](super::TransactGet::get_all).
pub trait Grow<R> {
    /// The tuple with the result at its end.
    type With;
}

impl<M: Model> Shape for One<M> {
    type Output = Option<M>;

    fn read(items: &mut Items<'_>) -> Result<Option<M>, DecodeError> {
        items.counts.next();
        items.next()
    }
}

impl<M: Model> Shape for Many<M> {
    type Output = Vec<Option<M>>;

    fn read(items: &mut Items<'_>) -> Result<Vec<Option<M>>, DecodeError> {
        let count = items.counts.next().unwrap_or_default();
        (0..count).map(|_| items.next()).collect()
    }
}

impl<A: Shape> Shape for (A,) {
    type Output = A::Output;

    fn read(items: &mut Items<'_>) -> Result<A::Output, DecodeError> {
        A::read(items)
    }
}

macro_rules! tuples {
    ($(($($member:ident),+))+) => {
        $(impl<$($member: Shape),+> Shape for ($($member,)+) {
            type Output = ($($member::Output,)+);

            fn read(items: &mut Items<'_>) -> Result<Self::Output, DecodeError> {
                Ok(($($member::read(items)?,)+))
            }
        })+
    };
}

tuples! {
    (A, B)
    (A, B, C)
    (A, B, C, D)
    (A, B, C, D, E)
    (A, B, C, D, E, F)
    (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
}

macro_rules! growing {
    ($(($($member:ident),*))+) => {
        $(impl<$($member,)* R> Grow<R> for ($($member,)*) {
            type With = ($($member,)* R,);
        })+
    };
}

growing! {
    ()
    (A)
    (A, B)
    (A, B, C)
    (A, B, C, D)
    (A, B, C, D, E)
    (A, B, C, D, E, F)
    (A, B, C, D, E, F, G)
}
