//! Strings that hold escapes: the slow path of reading a string.

use crate::codec::scan::first_special;

/// What is wrong with a string, and how many bytes into it.
type Flaw = (&'static str, usize);

/// Reads the inside of a string up to its closing quote: the text, and the length that it had in JSON.
/// The first `plain` bytes are known to hold nothing special.
#[inline(never)]
pub(super) fn unescape(json: &str, plain: usize) -> Result<(String, usize), Flaw> {
    let bytes = json.as_bytes();
    let mut text = String::with_capacity(2 * plain + 16);
    let mut start = 0;
    let mut end = plain;
    loop {
        text.push_str(&json[start..end]);
        match bytes.get(end) {
            Some(b'"') => return Ok((text, end)),
            Some(b'\\') => {
                let (character, length) =
                    escaped_character(&bytes[end + 1..]).map_err(|reason| (reason, end))?;
                text.push(character);
                start = end + 1 + length;
                end = start + first_special(&bytes[start..]);
            }
            Some(_) => return Err(("unescaped control character in a string", end)),
            None => return Err(("unterminated string", end)),
        }
    }
}

/// The character that the bytes after a backslash stand for, and how many of them it takes.
fn escaped_character(escape: &[u8]) -> Result<(char, usize), &'static str> {
    let character = match escape.first() {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            return unicode_character(&escape[1..]).map(|(character, length)| (character, length + 1));
        }
        _ => return Err("unknown escape in a string"),
    };
    Ok((character, 1))
}

/// The character that the bytes after `\u` stand for, and how many of them it takes: two escapes for a surrogate
/// pair.
fn unicode_character(escape: &[u8]) -> Result<(char, usize), &'static str> {
    const LONE: &str = "half of a surrogate pair in a string";
    let first = code_unit(escape)?;
    if let Some(character) = char::from_u32(u32::from(first)) {
        return Ok((character, 4));
    }
    let Some(second) = escape[4..].strip_prefix(b"\\u") else { return Err(LONE) };
    match char::decode_utf16([first, code_unit(second)?]).next() {
        Some(Ok(character)) => Ok((character, 10)),
        _ => Err(LONE),
    }
}

fn code_unit(escape: &[u8]) -> Result<u16, &'static str> {
    let Some(digits) = escape.first_chunk::<4>() else { return Err("incomplete escape in a string") };
    let mut unit = 0;
    for digit in digits {
        match char::from(*digit).to_digit(16) {
            Some(value) => unit = unit << 4 | value as u16,
            None => return Err("invalid escape in a string"),
        }
    }
    Ok(unit)
}
