//! Copies texts that have nothing to escape, while it looks.

use super::scan::{first_special, is_special, special_bytes};

/// Texts of up to so many bytes are copied a word at a time. To call the machine's own copy for each of an item's names
/// and values costs more than to look through them; from some length on it copies faster.
const SHORT: usize = 64;

/// Appends `text` to `json` if it has nothing to escape; otherwise appends nothing and says `false`.
#[inline]
pub(super) fn push_plain(json: &mut Vec<u8>, text: &[u8]) -> bool {
    if text.len() > SHORT {
        let is_plain = first_special(text) == text.len();
        json.extend_from_slice(if is_plain { text } else { b"" });
        return is_plain;
    }
    let start = json.len();
    let is_plain = push_short(json, text);
    if !is_plain {
        json.truncate(start);
    }
    is_plain
}

/// Appends `text`, or some of it if it has something to escape.
#[inline]
fn push_short(json: &mut Vec<u8>, text: &[u8]) -> bool {
    let end = json.len() + text.len();
    let (words, tail) = text.as_chunks::<8>();
    for word in words {
        if special_bytes(u64::from_le_bytes(*word)) != 0 {
            return false;
        }
        json.extend_from_slice(word);
    }
    if tail.is_empty() {
        return true;
    }
    // The last word, or half of one, is written over what it has in common with the one before.
    if let Some(last) = text.last_chunk::<8>() {
        json.truncate(end - 8);
        json.extend_from_slice(last);
        return special_bytes(u64::from_le_bytes(*last)) == 0;
    }
    if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        json.extend_from_slice(first);
        json.truncate(end - 4);
        json.extend_from_slice(last);
        let both = u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
        return special_bytes(both) == 0;
    }
    for byte in tail {
        json.push(*byte);
    }
    !tail.iter().any(|byte| is_special(*byte))
}

#[cfg(test)]
mod tests {
    use super::push_plain;

    /// Letters that tell where each stood.
    fn letters(length: usize) -> Vec<u8> {
        (b'a'..=b'z').cycle().take(length).collect()
    }

    #[test]
    fn appends_texts_of_every_length() {
        for length in 0..=80 {
            let mut json = b"before".to_vec();

            let is_plain = push_plain(&mut json, &letters(length));

            assert!(is_plain, "of {length}");
            assert_eq!(json, [b"before", letters(length).as_slice()].concat(), "of {length}");
        }
    }

    #[test]
    fn appends_nothing_of_a_text_with_something_to_escape_anywhere() {
        for length in 0..=80 {
            for (at, special) in (0..length).flat_map(|at| [(at, b'"'), (at, b'\\'), (at, b'\n')]) {
                let mut text = letters(length);
                text[at] = special;
                let mut json = b"before".to_vec();

                let is_plain = push_plain(&mut json, &text);

                assert!(!is_plain, "{special} at {at} of {length}");
                assert_eq!(json, b"before", "{special} at {at} of {length}");
            }
        }
    }
}
