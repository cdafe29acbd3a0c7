//! The randomness that a `Db` carries.

use std::fmt::Debug;

/// Gives random bytes; tests and simulations seed it.
pub trait Random: Debug + Send + Sync + 'static {
    /// Fills `bytes` with random ones, fit for keys and tokens.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Every platform this builds for has a source that cannot fail once the system is up. Going on with
            // predictable tokens would be worse than stopping.
            unreachable!("the operating system gives no randomness");
        }
    }
}
