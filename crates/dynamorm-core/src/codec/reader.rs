mod attribute;
mod escape;
mod json;

use std::fmt;

pub use attribute::Tag;
pub(super) use attribute::decode_base64;

use super::DecodeError;

/// How deep arrays and objects may be nested, not counting the braces around an attribute value. DynamoDB nests 32
/// levels, within an envelope.
const MAX_DEPTH: u8 = 128;

/// Reads JSON, and attribute values in DynamoDB's JSON, piece by piece in the order they stand.
///
/// Strings are borrowed from the text unless they hold an escape. Names that occur twice are both handed out, so
/// that the last one wins. After an error the position is unspecified. It never panics, whatever the bytes.
#[derive(Clone)]
pub struct Reader<'a> {
    json: &'a str,
    position: usize,
    depth: u8,
}

impl<'a> Reader<'a> {
    /// Begins at the first byte of `json`, which is checked for UTF-8 once, here.
    ///
    /// # Errors
    /// When the bytes are not UTF-8.
    pub fn new(json: &'a [u8]) -> Result<Self, DecodeError> {
        match std::str::from_utf8(json) {
            Ok(json) => Ok(Self::from_text(json)),
            Err(error) => Err(syntax_error("invalid UTF-8", error.valid_up_to())),
        }
    }

    /// Begins at the first character of `json`.
    pub fn from_text(json: &'a str) -> Self {
        Self { json, position: 0, depth: 0 }
    }

    /// Checks that only white space follows.
    ///
    /// # Errors
    /// When something else does.
    pub fn finish(&mut self) -> Result<(), DecodeError> {
        self.skip_white_space();
        if self.position == self.json.len() { Ok(()) } else { Err(self.expected("the end of the JSON text")) }
    }

    /// How many bytes have been read.
    pub fn position(&self) -> usize {
        self.position
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        &self.json.as_bytes()[self.position..]
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.position).copied()
    }

    /// Takes `byte` if it is next, after white space, of which DynamoDB sends none.
    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        match self.peek() {
            Some(next) if next == byte => {
                self.position += 1;
                true
            }
            Some(b' ' | b'\n' | b'\r' | b'\t') => self.take_after_white_space(byte),
            _ => false,
        }
    }

    #[cold]
    #[inline(never)]
    fn take_after_white_space(&mut self, byte: u8) -> bool {
        self.skip_white_space();
        let is_next = self.peek() == Some(byte);
        self.position += usize::from(is_next);
        is_next
    }

    #[inline]
    fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), DecodeError> {
        if self.take(byte) { Ok(()) } else { Err(self.expected(what)) }
    }

    #[inline]
    fn skip_white_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.position += 1;
        }
    }

    #[inline]
    fn enter(&mut self) -> Result<(), DecodeError> {
        if self.depth == MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    fn leave(&mut self) {
        self.depth -= 1;
    }

    #[cold]
    fn too_deep(&self) -> DecodeError {
        DecodeError::new(format!("JSON is nested more than {MAX_DEPTH} levels deep"))
    }

    #[cold]
    #[inline(never)]
    fn expected(&self, what: &'static str) -> DecodeError {
        syntax_error(format_args!("expected {what}"), self.position)
    }
}

/// The position alone: what is read may be a customer's data.
impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("position", &self.position).finish_non_exhaustive()
    }
}

#[cold]
#[inline(never)]
fn syntax_error(what: impl fmt::Display, position: usize) -> DecodeError {
    DecodeError::new(format!("invalid JSON: {what} at byte {position}"))
}
