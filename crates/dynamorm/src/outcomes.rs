//! What became of each key of a batch of reads.

use std::sync::Arc;

use dynamorm_core::{Error, codec::DecodeError, limits::MAX_BATCH_GET_KEYS};

use crate::rounds::{Ledger, Taken};

/// What became of one key.
pub(crate) enum Outcome<T> {
    Missing,
    Found(T),
    Unread(Arc<Error>),
}

/// What became of each key of a batch.
pub(crate) struct Outcomes<T> {
    of: Vec<Outcome<T>>,
    failure: Option<Arc<Error>>,
    unread: usize,
    /// Capacity units, where the engine says them.
    consumed_capacity: Option<f64>,
}

impl<T> Outcomes<T> {
    /// Those of so many keys: what an engine does not find is missing.
    pub(crate) fn new(keys: usize) -> Self {
        let of = (0..keys).map(|_| Outcome::Missing).collect();
        Self { of, failure: None, unread: 0, consumed_capacity: None }
    }

    /// What became of each key.
    ///
    /// # Errors
    /// The first failure, when none was read.
    pub(crate) fn into_result(self) -> Result<Vec<Outcome<T>>, Error> {
        let Self { of, failure, unread, .. } = self;
        match failure {
            Some(reason) if unread == of.len() => {
                drop(of);
                Err(sole(reason))
            }
            _ => Ok(of),
        }
    }

    fn leave_unread(&mut self, places: &[usize], reason: Error) {
        let reason = Arc::new(reason);
        self.unread += places.len();
        for place in places {
            self.of[*place] = Outcome::Unread(Arc::clone(&reason));
        }
        self.failure.get_or_insert(reason);
    }

    /// What was found, in the order of the keys, and the capacity units that it consumed.
    ///
    /// # Errors
    /// The first failure, when there was one: no key is left out.
    pub(crate) fn complete(self) -> Result<(Vec<T>, Option<f64>), Error> {
        let Self { of, failure, consumed_capacity, .. } = self;
        let mut found = Vec::with_capacity(of.len());
        for outcome in of {
            match outcome {
                Outcome::Found(item) => found.push(item),
                Outcome::Missing | Outcome::Unread(_) => {}
            }
        }
        match failure {
            Some(reason) => Err(sole(reason)),
            None => Ok((found, consumed_capacity)),
        }
    }
}

/// The error itself, once the outcomes that shared it are gone.
fn sole(reason: Arc<Error>) -> Error {
    Arc::into_inner(reason).unwrap_or_else(|| unreachable!("the outcomes shared it"))
}

/// The items that an answer holds, each with the place of its key, and the places that it left out.
pub(crate) type Held<T> = (Vec<(usize, T)>, Vec<usize>);

/// What an answer holds are items, each with the place of its key.
impl<T, C: IntoIterator<Item = (usize, T)>> Ledger<C> for Outcomes<T> {
    fn sent(&mut self, _places: &[usize]) {}

    fn answered(&mut self, _places: &[usize], taken: Taken<C>) -> Vec<usize> {
        for (place, item) in taken.content {
            self.of[place] = Outcome::Found(item);
        }
        if let Some(units) = taken.consumed_capacity {
            *self.consumed_capacity.get_or_insert(0.0) += units;
        }
        taken.left
    }

    fn held_back(&mut self, _places: &[usize], _attempts: u32) {}

    fn failed(&mut self, places: &[usize], reason: Error) {
        self.leave_unread(places, reason);
    }

    fn given_up(&mut self, places: &[usize], reason: Error) {
        self.leave_unread(places, reason);
    }
}

/// The places that each request for so many keys asks for.
pub(crate) fn requests(keys: usize) -> impl Iterator<Item = Vec<usize>> {
    (0..keys)
        .step_by(MAX_BATCH_GET_KEYS)
        .map(move |first| (first..keys.min(first + MAX_BATCH_GET_KEYS)).collect())
}

/// The places of a request that its answer has said nothing of yet.
pub(crate) struct Awaited<'a> {
    places: &'a [usize],
    is_answered: Vec<bool>,
}

impl<'a> Awaited<'a> {
    pub(crate) fn new(places: &'a [usize]) -> Self {
        Self { places, is_answered: vec![false; places.len()] }
    }

    /// Takes `place` as answered; `false` if it was already, or was not asked for.
    pub(crate) fn answer(&mut self, place: usize) -> bool {
        // Most requests ask for places that follow each other.
        let first = self.places.first().copied().unwrap_or_default();
        let guess = place.checked_sub(first).filter(|guess| self.places.get(*guess) == Some(&place));
        let position = guess.or_else(|| self.places.iter().position(|asked| *asked == place));
        match position.and_then(|position| self.is_answered.get_mut(position)) {
            Some(is_answered) => !std::mem::replace(is_answered, true),
            None => false,
        }
    }
}

pub(crate) fn unasked() -> DecodeError {
    DecodeError::new("the answer names a key that was not asked for")
}
