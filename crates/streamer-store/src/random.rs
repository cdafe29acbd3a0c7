//! Names that are made of the randomness that a `Db` carries.

use std::fmt::Write as _;

use dynamorm::{Db, Timestamp};
use uuid::{Builder, Uuid};

/// A UUID of version 7: those made later sort later.
pub(crate) fn time_ordered_id(db: &Db, now: Timestamp) -> String {
    let mut bytes = [0; 10];
    db.fill_random(&mut bytes);
    let millis = u64::try_from(now.to_unix_millis()).unwrap_or_default();
    let id: Uuid = Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
    id.to_string()
}

/// 128 random bits as a text: no two are the same, and none can be guessed.
pub(crate) fn secret_name(db: &Db) -> String {
    let mut bytes = [0; 16];
    db.fill_random(&mut bytes);
    hexadecimal(&bytes)
}

/// A random number below `bound`, which is not 0.
pub(crate) fn below(db: &Db, bound: u64) -> u64 {
    let mut bytes = [0; 8];
    db.fill_random(&mut bytes);
    // The bias of a bound that is tiny beside 2⁶⁴ is of no matter.
    u64::from_be_bytes(bytes) % bound.max(1)
}

/// Puts `items` in a random order.
pub(crate) fn shuffle<T>(db: &Db, items: &mut [T]) {
    for end in (1..items.len()).rev() {
        let other = usize::try_from(below(db, end as u64 + 1)).unwrap_or_default();
        items.swap(end, other);
    }
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
