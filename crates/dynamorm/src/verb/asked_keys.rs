use std::hash::BuildHasher as _;

use dynamorm_core::{
    Error,
    codec::Writer,
    model::{Model, PrimaryKey},
    wire::check_key,
};
use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// The keys of a batch, each once, in the order in which they were given, with the JSON that is sent and that tells one
/// from another. A place is a position in it.
///
/// The JSON of all is one text: a piece of memory for each would be a third of what a batch takes besides its items.
pub(super) struct AskedKeys<K> {
    keys: Vec<K>,
    json: Writer,
    /// Where in it the JSON of each key ends.
    ends: Vec<usize>,
    places: HashTable<usize>,
    hasher: RandomState,
}

/// Room for a key of common size: two short texts and what JSON puts around them.
const KEY_BYTES: usize = 64;

impl<K: PrimaryKey> AskedKeys<K> {
    /// The keys, checked against DynamoDB's limits.
    ///
    /// # Errors
    /// When one is empty or over a limit.
    pub(super) fn of(keys: Vec<K>) -> Result<Self, Error> {
        let mut asked = Self {
            json: Writer::with_capacity(keys.len() * KEY_BYTES),
            ends: Vec::with_capacity(keys.len()),
            places: HashTable::with_capacity(keys.len()),
            keys: Vec::with_capacity(keys.len()),
            hasher: RandomState::default(),
        };
        for key in keys {
            asked.insert(key)?;
        }
        Ok(asked)
    }

    fn insert(&mut self, key: K) -> Result<(), Error> {
        let start = self.json.len();
        key.encode_key(&mut self.json)?;
        let (before, json) = self.json.as_bytes().split_at(start);
        check_key(json, K::Model::TABLE)?;
        let (ends, hasher) = (&self.ends, &self.hasher);
        let hash = hasher.hash_one(json);
        if self.places.find(hash, |place| piece(before, ends, *place) == json).is_some() {
            self.json.truncate(start);
            return Ok(());
        }
        let rehash = |place: &usize| hasher.hash_one(piece(before, ends, *place));
        self.places.insert_unique(hash, self.keys.len(), rehash);
        self.ends.push(self.json.len());
        self.keys.push(key);
        Ok(())
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The JSON of the key at `place`.
    pub(super) fn json(&self, place: usize) -> &[u8] {
        piece(self.json.as_bytes(), &self.ends, place)
    }

    /// The place of the key that is written so.
    pub(super) fn place_of(&self, json: &[u8]) -> Option<usize> {
        self.places.find(self.hasher.hash_one(json), |place| self.json(*place) == json).copied()
    }

    pub(super) fn into_keys(self) -> Vec<K> {
        self.keys
    }
}

/// The JSON of the key at `place`; empty if there is none.
fn piece<'a>(json: &'a [u8], ends: &[usize], place: usize) -> &'a [u8] {
    let start = place.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default();
    ends.get(place).and_then(|end| json.get(start..*end)).unwrap_or_default()
}
