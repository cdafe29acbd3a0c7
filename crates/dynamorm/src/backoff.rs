use std::time::Duration;

use tokio::time::sleep;

use crate::Db;

/// The longest pause after a try that was of some use; it doubles with each one in a row that was of none.
const FIRST: Duration = Duration::from_millis(50);

/// No pause is longer.
const LONGEST: Duration = Duration::from_secs(5);

/// Pauses before another try at what an engine left undone, the longer the more tries in a row were of no use.
///
/// Drawn between nothing and the longest ("full jitter"), so that clients that were refused together do not come back
/// together: <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
pub(crate) async fn pause(db: &Db, useless_tries: u32) {
    let longest = FIRST.saturating_mul(2_u32.saturating_pow(useless_tries.min(16))).min(LONGEST);
    let mut random = [0; 4];
    db.fill_random(&mut random);
    let share = f64::from(u32::from_be_bytes(random)) / f64::from(u32::MAX);
    sleep(longest.mul_f64(share)).await;
}
