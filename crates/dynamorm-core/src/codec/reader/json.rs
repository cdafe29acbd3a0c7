use std::borrow::Cow;

use super::{Reader, escape::unescape, syntax_error};
use crate::codec::{
    DecodeError,
    scan::{first_special, first_special_in_words},
};

/// Plain JSON, as envelopes have it.
impl<'a> Reader<'a> {
    /// Reads an object: `each` gets every member's name and has to read its value.
    ///
    /// # Errors
    /// When the next value is not an object, and the first that `each` returns.
    #[inline]
    pub fn object(
        &mut self,
        mut each: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.expect(b'{', "an object")?;
        self.enter()?;
        if !self.take(b'}') {
            loop {
                let name = self.text()?;
                self.expect(b':', "`:`")?;
                each(self, name)?;
                if !self.take(b',') {
                    break;
                }
            }
            self.expect(b'}', "`,` or `}`")?;
        }
        self.leave();
        Ok(())
    }

    /// Reads an array: `each` gets every element's index and has to read it.
    ///
    /// # Errors
    /// When the next value is not an array, and the first that `each` returns.
    #[inline]
    pub fn array(
        &mut self,
        mut each: impl FnMut(&mut Self, usize) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.expect(b'[', "an array")?;
        self.enter()?;
        if !self.take(b']') {
            for index in 0.. {
                each(self, index)?;
                if !self.take(b',') {
                    break;
                }
            }
            self.expect(b']', "`,` or `]`")?;
        }
        self.leave();
        Ok(())
    }

    /// Reads a string, borrowed unless it holds an escape.
    ///
    /// # Errors
    /// When the next value is not a string, or holds an unescaped control character, an escape that JSON does not
    /// know, or half of a surrogate pair.
    #[inline]
    pub fn text(&mut self) -> Result<Cow<'a, str>, DecodeError> {
        // Nearly every text: it begins here, has no escape, and is not at the very end. What is not in here keeps this
        // short.
        if self.peek() == Some(b'"') {
            let rest = &self.json[self.position + 1..];
            if let Some(length) = first_special_in_words(rest.as_bytes())
                && rest.as_bytes()[length] == b'"'
            {
                self.position += length + 2;
                return Ok(Cow::Borrowed(&rest[..length]));
            }
        }
        self.any_text()
    }

    #[inline(never)]
    fn any_text(&mut self) -> Result<Cow<'a, str>, DecodeError> {
        self.expect(b'"', "a string")?;
        let rest = &self.json[self.position..];
        let length = first_special(rest.as_bytes());
        match rest.split_at_checked(length) {
            Some((text, after)) if after.starts_with('"') => {
                self.position += length + 1;
                Ok(Cow::Borrowed(text))
            }
            _ => self.text_with_escapes(rest, length),
        }
    }

    fn text_with_escapes(&mut self, rest: &'a str, plain: usize) -> Result<Cow<'a, str>, DecodeError> {
        let start = self.position;
        let (text, length) =
            unescape(rest, plain).map_err(|(reason, offset)| syntax_error(reason, start + offset))?;
        self.position = start + length + 1;
        Ok(Cow::Owned(text))
    }

    /// Reads a number's text, as it stands.
    ///
    /// # Errors
    /// When the next value is not a number.
    pub fn json_number(&mut self) -> Result<&'a str, DecodeError> {
        self.skip_white_space();
        let length = number_length(self.rest()).ok_or_else(|| self.expected("a number"))?;
        let start = self.position;
        self.position += length;
        Ok(&self.json[start..self.position])
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// When the next value is neither.
    pub fn json_boolean(&mut self) -> Result<bool, DecodeError> {
        if self.take_word("true") {
            Ok(true)
        } else if self.take_word("false") {
            Ok(false)
        } else {
            Err(self.expected("`true` or `false`"))
        }
    }

    /// Whether the next value is an array.
    pub fn is_at_array(&self) -> bool {
        self.rest().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
    }

    /// Reads any one value and returns its text.
    ///
    /// # Errors
    /// When the next value is not JSON.
    pub fn raw(&mut self) -> Result<&'a str, DecodeError> {
        self.skip_white_space();
        let start = self.position;
        self.skip()?;
        Ok(&self.json[start..self.position])
    }

    /// Reads past any one value.
    ///
    /// # Errors
    /// When the next value is not JSON.
    pub fn skip(&mut self) -> Result<(), DecodeError> {
        self.skip_white_space();
        match self.peek() {
            Some(b'"') => self.text().map(drop),
            Some(b'{') => self.object(|reader, _| reader.skip()),
            Some(b'[') => self.array(|reader, _| reader.skip()),
            Some(b't' | b'f') => self.json_boolean().map(drop),
            Some(b'n') if self.take_word("null") => Ok(()),
            Some(b'-' | b'0'..=b'9') => self.json_number().map(drop),
            _ => Err(self.expected("a value")),
        }
    }

    fn take_word(&mut self, word: &'static str) -> bool {
        self.skip_white_space();
        let is_next = self.rest().starts_with(word.as_bytes());
        self.position += if is_next { word.len() } else { 0 };
        is_next
    }
}

/// How long the number is that `bytes` begin with, by JSON's grammar.
fn number_length(bytes: &[u8]) -> Option<usize> {
    let digits_from = |start: usize| bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits_from(length);
    if whole == 0 || (whole > 1 && bytes[length] == b'0') {
        return None;
    }
    length += whole;
    if bytes.get(length) == Some(&b'.') {
        let decimals = digits_from(length + 1);
        if decimals == 0 {
            return None;
        }
        length += 1 + decimals;
    }
    if let Some(b'e' | b'E') = bytes.get(length) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits_from(length + 1 + sign);
        if exponent == 0 {
            return None;
        }
        length += 1 + sign + exponent;
    }
    Some(length)
}
