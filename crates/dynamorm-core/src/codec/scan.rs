//! Finds the bytes that end or interrupt a JSON string, eight at a time.

const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// The first character that is no control character.
const FIRST_PLAIN: u8 = 0x20;

/// The index of the first `"`, `\` or control character, or the length if there is none.
///
/// These are the bytes that a JSON string has to escape, and those at which reading one has to stop.
#[inline]
pub(super) fn first_special(bytes: &[u8]) -> usize {
    first_special_in_words(bytes).unwrap_or_else(|| first_special_of_tail(bytes))
}

/// The same, unless it is among the last seven bytes or fewer: `None` then.
#[inline]
pub(super) fn first_special_in_words(bytes: &[u8]) -> Option<usize> {
    for (index, word) in bytes.as_chunks::<8>().0.iter().enumerate() {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return Some(index * 8 + special.trailing_zeros() as usize / 8);
        }
    }
    None
}

/// The same, where all but the last seven bytes or fewer is known to be plain.
///
/// A word that ends with the last byte holds what stands before it once more, which changes nothing; a loop over
/// single bytes, of a number that is different each time, would cost more than the words.
#[inline(never)]
fn first_special_of_tail(bytes: &[u8]) -> usize {
    if let Some(word) = bytes.last_chunk::<8>() {
        let special = special_bytes(u64::from_le_bytes(*word));
        return bytes.len() + special.trailing_zeros() as usize / 8 - 8;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let word = u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32;
        let index = special_bytes(word).trailing_zeros() as usize / 8;
        return if index < 4 { index } else { bytes.len() + index - 8 };
    }
    bytes.iter().position(|byte| is_special(*byte)).unwrap_or(bytes.len())
}

#[inline]
pub(super) fn is_special(byte: u8) -> bool {
    byte < FIRST_PLAIN || byte == b'"' || byte == b'\\'
}

/// Sets the high bit of every special byte of the word. Bits above the lowest one may be set wrongly, because a
/// subtraction borrows from the next byte; the lowest one is always right.
#[inline]
pub(super) fn special_bytes(word: u64) -> u64 {
    // With this bit flipped, a quote is the character before all plain ones, and control characters remain before it.
    const FLIPPED: u8 = b'"' ^ FIRST_PLAIN;
    let quote_or_control = (word ^ (ONES * FLIPPED as u64)).wrapping_sub(ONES * (FIRST_PLAIN as u64 + 1));
    let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    // Bytes beyond ASCII have a high bit of their own, and are never special.
    (quote_or_control | backslash) & !word & HIGH_BITS
}

#[cfg(test)]
mod tests {
    use super::{first_special, is_special};

    #[test]
    fn finds_every_special_byte_at_every_offset() {
        for length in 0..=24 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    let mut bytes = vec![b'a'; length];
                    bytes[at] = byte;

                    let found = first_special(&bytes);

                    assert_eq!(found, if is_special(byte) { at } else { length }, "byte {byte} at {at}");
                }
            }
        }
    }

    #[test]
    fn finds_the_first_of_two_at_every_offset() {
        for length in 0..=20 {
            for (first, second) in (0..length).flat_map(|at| (at + 1..length).map(move |next| (at, next))) {
                let mut bytes = vec![b'#'; length];
                bytes[first] = b'"';
                bytes[second] = b'\\';

                assert_eq!(first_special(&bytes), first, "and at {second} of {length}");
            }
        }
    }

    #[test]
    fn finds_the_first_of_several() {
        assert_eq!(first_special(b"\xff\x80ab\"\\\n\x1f cdefgh"), 4);
        assert_eq!(first_special(b"abcdefgh\x20\x7f\"\""), 10);
    }
}
