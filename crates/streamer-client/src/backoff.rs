//! The pauses between attempts to connect.

use std::time::Duration;

/// The longest pause before the first attempt; it doubles with each one that failed.
const FIRST: Duration = Duration::from_millis(100);

/// No pause is longer.
pub(crate) const LONGEST: Duration = Duration::from_secs(10);

/// Draws the pause before another attempt: between nothing and the longest ("full jitter"), so that clients that lost
/// the same server do not come back together: <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
pub(crate) fn pause(failures: u32) -> Duration {
    let longest = FIRST.saturating_mul(2_u32.saturating_pow(failures.min(16))).min(LONGEST);
    let mut random = [0; 4];
    // Without randomness the longest pause is as good.
    let share = match getrandom::fill(&mut random) {
        Ok(()) => f64::from(u32::from_be_bytes(random)) / f64::from(u32::MAX),
        Err(_) => 1.0,
    };
    longest.mul_f64(share)
}
