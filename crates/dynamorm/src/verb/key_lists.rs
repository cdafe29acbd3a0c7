use std::{any::Any, mem, sync::Arc};

use dynamorm_core::{
    Error, ErrorKind, Timestamp,
    codec::{DecodeError, Reader},
    model::{Model, PrimaryKey},
    transport::Operation,
    wire::{canonical_key, checked_key},
};
use indexmap::map::Entry;

use super::{batch_got::BatchGot, by_item::ByItem};
use crate::{Db, expiry, outcomes::Outcome};

/// Lists of keys, each of one model: a tuple of as many as [`BatchGetEach::keys`](super::BatchGetEach::keys) was called
/// with.
pub trait KeyLists: sealed::Sealed + Send + Sync + 'static {
    /// What became of each list: a tuple of as many [`BatchGot`].
    type Got;

    #[doc(hidden)]
    fn ask(&self, db: &Db, asked: &mut ByItem<Asked>) -> Result<(), Error>;

    #[doc(hidden)]
    fn got(self, found: Found) -> Self::Got;
}

/// Lists of keys to which one more can be added: up to seven.
pub trait GrowingKeyLists: KeyLists {
    /// The same with a list of `K`.
    type With<K: PrimaryKey>: KeyLists;

    #[doc(hidden)]
    fn with<K: PrimaryKey>(self, keys: Vec<K>) -> Self::With<K>;
}

mod sealed {
    pub trait Sealed {}
}

/// One key of one list.
pub struct Asked {
    list: usize,
    /// Where it stands in the list.
    position: usize,
    pub(super) json: Vec<u8>,
    pub(super) decode: Decode,
}

builder_debug!([] Asked<>);

/// An item of any model.
pub(super) type AnyItem = Box<dyn Any + Send>;

/// Reads an item as one of the list's model; nothing if it has expired.
pub(super) type Decode = fn(&mut Reader<'_>, Timestamp) -> Result<Option<AnyItem>, DecodeError>;

/// What became of the keys of each list, by the position in it.
#[derive(Default)]
pub struct Found {
    lists: Vec<Vec<(usize, Outcome<AnyItem>)>>,
}

builder_debug!([] Found<>);

impl Found {
    pub(super) fn put(&mut self, asked: &Asked, outcome: Outcome<AnyItem>) {
        if self.lists.len() <= asked.list {
            self.lists.resize_with(asked.list + 1, Vec::new);
        }
        self.lists[asked.list].push((asked.position, outcome));
    }

    /// What became of the keys of the list number `list`. A key that is given twice counts once.
    fn take<K: PrimaryKey>(&mut self, list: usize, keys: Vec<K>) -> BatchGot<K::Model> {
        let outcomes = self.lists.get_mut(list).map(mem::take).unwrap_or_default();
        let mut keys = keys.into_iter().enumerate();
        BatchGot::of(outcomes.into_iter().filter_map(|(position, outcome)| {
            // A list is of one table, so that sorting by table has left its order as it was.
            let (_, key) = keys.find(|(other, _)| *other == position)?;
            Some((key, typed(outcome)))
        }))
    }
}

fn typed<M: Model>(outcome: Outcome<AnyItem>) -> Outcome<M> {
    match outcome {
        Outcome::Missing => Outcome::Missing,
        Outcome::Unread(reason) => Outcome::Unread(reason),
        Outcome::Found(item) => match item.downcast() {
            Ok(item) => Outcome::Found(*item),
            Err(_) => unreachable!("a list's items are read as its model"),
        },
    }
}

fn decode<M: Model>(reader: &mut Reader<'_>, now: Timestamp) -> Result<Option<AnyItem>, DecodeError> {
    let item = M::decode_item(reader)?;
    Ok(if expiry::is_alive(&item, now) { Some(Box::new(item)) } else { None })
}

fn ask<K: PrimaryKey>(db: &Db, list: usize, keys: &[K], asked: &mut ByItem<Asked>) -> Result<(), Error> {
    let table = db.table_name::<K::Model>();
    for (position, key) in keys.iter().enumerate() {
        ask_one(key, list, position, &table, asked)
            .map_err(|error| error.during(Operation::BatchGetItem, &table))?;
    }
    Ok(())
}

fn ask_one<K: PrimaryKey>(
    key: &K,
    list: usize,
    position: usize,
    table: &Arc<str>,
    asked: &mut ByItem<Asked>,
) -> Result<(), Error> {
    let json = checked_key(key)?;
    let definition = K::Model::TABLE;
    match asked.entry(table, definition, canonical_key(&json, definition)?) {
        Entry::Occupied(other) if other.get().list != list => {
            let (first, second) = (other.get().list + 1, list + 1);
            let message = format!("a key is in the lists {first} and {second}; ask for it in one");
            Err(Error::new(ErrorKind::Validation, message))
        }
        Entry::Occupied(_) => Ok(()),
        Entry::Vacant(entry) => {
            entry.insert(Asked { list, position, json, decode: decode::<K::Model> });
            Ok(())
        }
    }
}

/// Writes `KeyLists` for a tuple.
macro_rules! key_lists {
    ($($list:ident $number:tt),*) => {
        impl<$($list: PrimaryKey),*> sealed::Sealed for ($(Vec<$list>,)*) {}

        impl<$($list: PrimaryKey),*> KeyLists for ($(Vec<$list>,)*) {
            type Got = ($(BatchGot<$list::Model>,)*);

            #[allow(unused_variables, reason = "of no list")]
            fn ask(&self, db: &Db, asked: &mut ByItem<Asked>) -> Result<(), Error> {
                $(ask(db, $number, &self.$number, asked)?;)*
                Ok(())
            }

            #[allow(unused_variables, unused_mut, clippy::unused_unit, reason = "of no list")]
            fn got(self, mut found: Found) -> Self::Got {
                ($(found.take($number, self.$number),)*)
            }
        }
    };
}

/// Writes `KeyLists` and `GrowingKeyLists` for a tuple.
macro_rules! growing_key_lists {
    ($($list:ident $number:tt),*) => {
        key_lists!($($list $number),*);

        impl<$($list: PrimaryKey),*> GrowingKeyLists for ($(Vec<$list>,)*) {
            type With<K: PrimaryKey> = ($(Vec<$list>,)* Vec<K>,);

            fn with<K: PrimaryKey>(self, keys: Vec<K>) -> Self::With<K> {
                ($(self.$number,)* keys,)
            }
        }
    };
}

growing_key_lists!();
growing_key_lists!(A 0);
growing_key_lists!(A 0, B 1);
growing_key_lists!(A 0, B 1, C 2);
growing_key_lists!(A 0, B 1, C 2, D 3);
growing_key_lists!(A 0, B 1, C 2, D 3, E 4);
growing_key_lists!(A 0, B 1, C 2, D 3, E 4, F 5);
growing_key_lists!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
key_lists!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
