use std::{fmt, mem};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{EncodeError, plain::push_plain, scan::first_special};

/// Appends JSON, and attribute values in DynamoDB's JSON, to a buffer of bytes.
///
/// It writes what it is told in the order it is told; that the whole is well-formed is up to the caller.
#[derive(Clone, Default)]
pub struct Writer {
    json: Vec<u8>,
    /// Where key templates are joined before they are escaped: one buffer for all of a writer's.
    joined: String,
}

/// The buffer as it stands.
impl Writer {
    /// An empty writer, without a buffer until something is written.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty writer with room for `bytes` bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { json: Vec::with_capacity(bytes), joined: String::new() }
    }

    /// Continues after what `json` holds.
    pub fn from_vec(json: Vec<u8>) -> Self {
        Self { json, joined: String::new() }
    }

    /// How many bytes have been written.
    pub fn len(&self) -> usize {
        self.json.len()
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    /// Takes back everything after the first `len` bytes.
    pub fn truncate(&mut self, len: usize) {
        self.json.truncate(len);
    }

    /// What has been written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.json
    }

    /// Lends an empty text to join a key template in. Given back by [`Writer::take_back`], the next one costs no
    /// allocation.
    pub fn lend_text(&mut self) -> String {
        mem::take(&mut self.joined)
    }

    /// Takes back what [`Writer::lend_text`] has lent.
    pub fn take_back(&mut self, mut text: String) {
        text.clear();
        self.joined = text;
    }

    /// The buffer with what has been written.
    pub fn into_vec(self) -> Vec<u8> {
        self.json
    }
}

/// Plain JSON.
impl Writer {
    /// Appends JSON text as it stands.
    #[inline]
    pub fn raw(&mut self, json: &str) {
        self.raw_bytes(json.as_bytes());
    }

    /// Appends JSON text as it stands.
    #[inline]
    pub fn raw_bytes(&mut self, json: &[u8]) {
        self.json.extend_from_slice(json);
    }

    /// Appends a JSON string: quoted and escaped.
    #[inline]
    pub fn text(&mut self, text: &str) {
        self.json.push(b'"');
        self.text_unquoted(text);
        self.json.push(b'"');
    }

    /// Appends the inside of a JSON string: escaped, without its quotes.
    #[inline]
    pub fn text_unquoted(&mut self, text: &str) {
        if !push_plain(&mut self.json, text.as_bytes()) {
            self.escaped(text.as_bytes());
        }
    }

    /// Appends a comma unless an object or array has just been opened.
    #[inline]
    pub fn comma(&mut self) {
        if !matches!(self.json.last(), None | Some(b'{' | b'[')) {
            self.json.push(b',');
        }
    }

    /// Begins the next member of an object: a comma if there is one before it, the name and a colon.
    #[inline]
    pub fn member(&mut self, name: &str) {
        self.comma();
        self.text(name);
        self.json.push(b':');
    }

    #[inline(never)]
    fn escaped(&mut self, text: &[u8]) {
        let mut rest = text;
        loop {
            let (plain, special) = rest.split_at(first_special(rest));
            self.json.extend_from_slice(plain);
            let Some((byte, after)) = special.split_first() else { break };
            self.escape(*byte);
            rest = after;
        }
    }

    fn escape(&mut self, byte: u8) {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let short = match byte {
            b'"' | b'\\' => byte,
            b'\n' => b'n',
            b'\r' => b'r',
            b'\t' => b't',
            0x08 => b'b',
            0x0c => b'f',
            _ => {
                let digits = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 0xf)]];
                self.json.extend_from_slice(b"\\u00");
                self.json.extend_from_slice(&digits);
                return;
            }
        };
        self.json.extend_from_slice(&[b'\\', short]);
    }
}

/// Attribute values.
impl Writer {
    /// Appends `{"S":"…"}`.
    #[inline]
    pub fn string(&mut self, value: &str) {
        self.raw(r#"{"S":""#);
        self.text_unquoted(value);
        self.raw(r#""}"#);
    }

    /// Appends `{"N":"…"}`. DynamoDB keeps 38 digits: 128-bit integers may have one too many.
    #[inline]
    pub fn integer(&mut self, value: impl itoa::Integer) {
        self.number(itoa::Buffer::new().format(value));
    }

    /// Appends `{"N":"…"}` with digits that DynamoDB can store.
    #[inline]
    pub fn number(&mut self, digits: &str) {
        self.raw(r#"{"N":""#);
        self.raw(digits);
        self.raw(r#""}"#);
    }

    /// Appends `{"B":"…"}` in Base64.
    #[inline]
    pub fn binary(&mut self, bytes: &[u8]) {
        self.raw(r#"{"B":""#);
        self.base64(bytes);
        self.raw(r#""}"#);
    }

    /// Appends `{"BOOL":true}` or `{"BOOL":false}`.
    #[inline]
    pub fn boolean(&mut self, value: bool) {
        self.raw(if value { r#"{"BOOL":true}"# } else { r#"{"BOOL":false}"# });
    }

    /// Appends `{"NULL":true}`.
    #[inline]
    pub fn null(&mut self) {
        self.raw(r#"{"NULL":true}"#);
    }

    /// Appends `{"L":[…]}`: `each` writes one element.
    ///
    /// # Errors
    /// The first that `each` returns, with the element's index in its path.
    #[inline]
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        self.raw(r#"{"L":["#);
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.json.push(b',');
            }
            each(self, item).map_err(|error| error.at_index(index))?;
        }
        self.raw("]}");
        Ok(())
    }

    /// Opens `{"M":{`.
    #[inline]
    pub fn open_map(&mut self) {
        self.raw(r#"{"M":{"#);
    }

    /// Closes what [`Writer::open_map`] has opened.
    #[inline]
    pub fn close_map(&mut self) {
        self.raw("}}");
    }

    /// Appends a value's text as it stands: for types whose text needs no escape.
    pub(super) fn display(&mut self, value: impl fmt::Display) {
        // Neither the buffer nor the types that are written this way ever fail.
        let _ = fmt::write(&mut Text(&mut self.json), format_args!("{value}"));
    }

    /// Appends the inside of a JSON string in Base64, as B and BS have it.
    pub(super) fn base64(&mut self, bytes: &[u8]) {
        let start = self.json.len();
        // Four characters for every three bytes begun; the slice is exactly as long as what is written to it.
        self.json.resize(start + bytes.len().div_ceil(3) * 4, 0);
        let written = STANDARD.encode_slice(bytes, &mut self.json[start..]);
        debug_assert_eq!(written.ok(), Some(self.json.len() - start));
    }
}

struct Text<'w>(&'w mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// The length alone: what is written may be a customer's data.
impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("len", &self.len()).finish_non_exhaustive()
    }
}
