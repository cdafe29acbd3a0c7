//! Finds the bytes that end or interrupt a JSON string, eight at a time.

const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);

/// The first control character.
const FIRST_PLAIN: u64 = 0x20;

/// The index of the first `"`, `\` or control character, or the length if there is none.
///
/// These are the bytes that a JSON string has to escape, and those at which reading one has to stop.
#[inline]
pub(super) fn first_special(bytes: &[u8]) -> usize {
    let (words, tail) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return index * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    let rest = tail.iter().position(|byte| is_special(*byte)).unwrap_or(tail.len());
    words.len() * 8 + rest
}

#[inline]
fn is_special(byte: u8) -> bool {
    byte < FIRST_PLAIN as u8 || byte == b'"' || byte == b'\\'
}

/// Sets the high bit of every special byte of the word. Bits above the lowest one may be set wrongly, because a
/// subtraction borrows from the next byte; the lowest one is always right.
#[inline]
fn special_bytes(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * FIRST_PLAIN);
    let quote = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
    let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    // Bytes beyond ASCII have a high bit of their own, and are never special.
    (control | quote | backslash) & !word & HIGH_BITS
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
    fn finds_the_first_of_several() {
        assert_eq!(first_special(b"\xff\x80ab\"\\\n\x1f cdefgh"), 4);
        assert_eq!(first_special(b"abcdefgh\x20\x7f\"\""), 10);
    }
}
