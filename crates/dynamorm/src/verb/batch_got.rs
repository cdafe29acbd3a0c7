use std::{fmt, sync::Arc};

use dynamorm_core::{Error, model::Model};

use crate::outcomes::Outcome;

/// What a batch of reads gave. Every key that was asked for is in one of the three. `T` is what the items are read as.
#[derive(Debug)]
#[must_use = "keys may be left unread"]
pub struct BatchGot<M: Model, T = M> {
    /// The items that were found, in the order of their keys.
    pub found: Vec<T>,
    /// The keys of which there is no item, or one that has expired.
    pub missing: Vec<M::Key>,
    /// The keys of which nothing is known.
    pub unread: Vec<Unread<M::Key>>,
}

/// A key that could not be read.
#[derive(Clone)]
pub struct Unread<K> {
    /// The key.
    pub key: K,
    /// Why; keys of one request share it.
    pub reason: Arc<Error>,
}

/// Without the key: it is a customer's data.
impl<K> fmt::Debug for Unread<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unread").field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl<M: Model, T> BatchGot<M, T> {
    /// The items, in the order of their keys, where every key was read.
    ///
    /// # Errors
    /// The reason why the first unread key was not read.
    pub fn complete(self) -> Result<Vec<T>, Arc<Error>> {
        match self.unread.into_iter().next() {
            Some(unread) => Err(unread.reason),
            None => Ok(self.found),
        }
    }

    /// Sorts the keys by what became of each.
    pub(super) fn of(outcomes: impl IntoIterator<Item = (M::Key, Outcome<T>)>) -> Self {
        let outcomes = outcomes.into_iter();
        let found = Vec::with_capacity(outcomes.size_hint().0);
        let mut got = Self { found, missing: Vec::new(), unread: Vec::new() };
        for (key, outcome) in outcomes {
            match outcome {
                Outcome::Missing => got.missing.push(key),
                Outcome::Found(item) => got.found.push(item),
                Outcome::Unread(reason) => got.unread.push(Unread { key, reason }),
            }
        }
        got
    }
}
