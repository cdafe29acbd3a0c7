use std::sync::{Arc, Mutex};

use dynamorm::{Random, testing::SeededRandom};

use crate::bug::Bug;

/// The one source of all chance. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Dice(Arc<Mutex<SeededRandom>>);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(SeededRandom::new(seed))))
    }

    /// A number below `bound`.
    pub(crate) fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_be_bytes(bytes) % bound
    }

    /// Whether something happens that happens once in `n` times.
    pub(crate) fn once_in(&self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// The chance that a store has.
#[derive(Debug)]
pub(crate) struct Chance {
    pub(crate) dice: Dice,
    pub(crate) bug: Option<Bug>,
}

impl Random for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        self.dice.fill(bytes);
        // One dequeue in eight begins with the lowest priority: where its number is divisible.
        if let (Some(Bug::LowNeverFirst), Ok(number)) = (self.bug, <[u8; 8]>::try_from(&*bytes)) {
            bytes.copy_from_slice(&(u64::from_be_bytes(number) | 1).to_be_bytes());
        }
    }
}

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap().fill(bytes);
    }
}
