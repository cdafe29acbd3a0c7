use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use dynamorm_core::Random;

/// Randomness that is the same in every run: its bytes follow from a seed.
///
/// For tests and simulations alone: whoever sees some of its bytes knows the others. Clones draw from one sequence.
/// The generator is [SplitMix64](https://prng.di.unimi.it/splitmix64.c).
#[derive(Clone, Debug, Default)]
pub struct SeededRandom {
    state: Arc<AtomicU64>,
}

/// What SplitMix64 adds to its state with every draw.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl SeededRandom {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { state: Arc::new(AtomicU64::new(seed)) }
    }

    pub(super) fn begin_anew(&self, seed: u64) {
        self.state.store(seed, Ordering::Relaxed);
    }

    /// The next 64 bits.
    fn next(&self) -> u64 {
        let mut bits = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Whether something that happens with this probability happens now.
    pub(super) fn happens(&self, probability: f64) -> bool {
        // 32 bits are a `f64` without loss.
        let drawn = u32::try_from(self.next() >> 32).unwrap_or_default();
        f64::from(drawn) < probability * (f64::from(u32::MAX) + 1.0)
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.next().to_le_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_sequence_of_its_seed() {
        let mut bytes = [0; 16];

        SeededRandom::new(1_234_567).fill(&mut bytes);

        // The first two numbers of the reference implementation for this seed.
        let expected = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973].map(u64::to_le_bytes);
        assert_eq!(bytes, *expected.as_flattened());
    }

    #[test]
    fn goes_on_where_a_clone_stopped() {
        let (random, whole) = (SeededRandom::new(7), SeededRandom::new(7));
        let mut parts = [[0; 8]; 2];
        let mut expected = [0; 16];

        random.clone().fill(&mut parts[0]);
        random.fill(&mut parts[1]);
        whole.fill(&mut expected);

        assert_eq!(parts.as_flattened(), expected);
    }

    #[test]
    fn happens_as_often_as_it_is_probable() {
        let random = SeededRandom::new(1);

        let count = |probability| (0..10_000).filter(|_| random.happens(probability)).count();

        assert_eq!((count(0.0), count(1.0)), (0, 10_000));
        assert!((2_300..2_700).contains(&count(0.25)));
    }
}
