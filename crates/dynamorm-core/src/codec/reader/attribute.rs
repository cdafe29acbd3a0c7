use std::{borrow::Cow, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::Reader;
use crate::codec::DecodeError;

/// The type of an attribute value, as DynamoDB's JSON names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// `S`, a string.
    S,
    /// `N`, a number, written as text.
    N,
    /// `B`, bytes in Base64.
    B,
    /// `BOOL`, true or false.
    Bool,
    /// `NULL`, no value.
    Null,
    /// `L`, a list of attribute values.
    L,
    /// `M`, a map from names to attribute values.
    M,
    /// `SS`, a set of strings.
    Ss,
    /// `NS`, a set of numbers.
    Ns,
    /// `BS`, a set of bytes.
    Bs,
}

impl Tag {
    const ALL: [Self; 10] =
        [Self::S, Self::N, Self::B, Self::Bool, Self::Null, Self::L, Self::M, Self::Ss, Self::Ns, Self::Bs];

    /// The name on the wire, such as `BOOL`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
            Self::Bool => "BOOL",
            Self::Null => "NULL",
            Self::L => "L",
            Self::M => "M",
            Self::Ss => "SS",
            Self::Ns => "NS",
            Self::Bs => "BS",
        }
    }

    /// How every value of this type begins when it is written without white space.
    const fn opening(self) -> &'static str {
        match self {
            Self::S => r#"{"S":"#,
            Self::N => r#"{"N":"#,
            Self::B => r#"{"B":"#,
            Self::Bool => r#"{"BOOL":"#,
            Self::Null => r#"{"NULL":"#,
            Self::L => r#"{"L":"#,
            Self::M => r#"{"M":"#,
            Self::Ss => r#"{"SS":"#,
            Self::Ns => r#"{"NS":"#,
            Self::Bs => r#"{"BS":"#,
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::S => "string",
            Self::N => "number",
            Self::B => "binary",
            Self::Bool => "boolean",
            Self::Null => "no value",
            Self::L => "list",
            Self::M => "map",
            Self::Ss => "string set",
            Self::Ns => "number set",
            Self::Bs => "binary set",
        }
    }
}

/// The name and what it means, such as `S (string)`.
impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.meaning())
    }
}

/// Attribute values. Where the next value is of another type, the error says which: `expected S (string), found N
/// (number)`.
impl<'a> Reader<'a> {
    /// The type of the next attribute value, which is not read.
    ///
    /// # Errors
    /// When the next value is not an attribute value.
    pub fn tag(&self) -> Result<Tag, DecodeError> {
        // No opening is the beginning of another one: each ends with its tag's closing quote.
        if let Some(tag) = Tag::ALL.into_iter().find(|tag| self.rest().starts_with(tag.opening().as_bytes()))
        {
            return Ok(tag);
        }
        let mut ahead = self.clone();
        ahead.expect(b'{', "an attribute value")?;
        let name = ahead.text()?;
        match Tag::ALL.into_iter().find(|tag| tag.name() == name) {
            Some(tag) => Ok(tag),
            None => Err(DecodeError::new("expected an attribute value, found an object of no known type")),
        }
    }

    /// Reads an S.
    ///
    /// # Errors
    /// When the next value is not an S.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'a, str>, DecodeError> {
        self.value(Tag::S, Self::text)
    }

    /// Reads an N's text, which is not checked to be a number.
    ///
    /// # Errors
    /// When the next value is not an N.
    #[inline]
    pub fn number(&mut self) -> Result<Cow<'a, str>, DecodeError> {
        self.value(Tag::N, Self::text)
    }

    /// Reads a B.
    ///
    /// # Errors
    /// When the next value is not a B, or not Base64 with its padding.
    pub fn binary(&mut self) -> Result<Vec<u8>, DecodeError> {
        decode_base64(&self.value(Tag::B, Self::text)?)
    }

    /// Reads a BOOL.
    ///
    /// # Errors
    /// When the next value is not a BOOL.
    pub fn boolean(&mut self) -> Result<bool, DecodeError> {
        self.value(Tag::Bool, Self::json_boolean)
    }

    /// Reads a NULL.
    ///
    /// # Errors
    /// When the next value is not a NULL, or one that says `false`, which DynamoDB refuses too.
    pub fn null(&mut self) -> Result<(), DecodeError> {
        match self.value(Tag::Null, Self::json_boolean)? {
            true => Ok(()),
            false => Err(DecodeError::new("NULL must be `true`")),
        }
    }

    /// Reads a NULL if the next value is one, and says whether it was.
    ///
    /// # Errors
    /// When the next value is not an attribute value.
    #[inline]
    pub fn try_null(&mut self) -> Result<bool, DecodeError> {
        // Two bytes tell NULL from every other type, unless its name is written with escapes or white space.
        if let [b'{', b'"', first, second, ..] = self.rest()
            && !matches!((first, second), (b'N', b'U' | b'\\') | (b'\\', _))
        {
            return Ok(false);
        }
        match self.tag()? {
            Tag::Null => self.null().map(|()| true),
            _ => Ok(false),
        }
    }

    /// Reads an L: `each` gets every element's index and has to read it.
    ///
    /// # Errors
    /// When the next value is not an L, and the first that `each` returns, with the index in its path.
    #[inline]
    pub fn list(
        &mut self,
        mut each: impl FnMut(&mut Self, usize) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.value(Tag::L, |reader| {
            reader.array(|reader, index| each(reader, index).map_err(|error| error.at_index(index)))
        })
    }

    /// Reads an M: `each` gets every entry's name and has to read its value.
    ///
    /// # Errors
    /// When the next value is not an M, and the first that `each` returns, with the name in its path.
    #[inline]
    pub fn map(
        &mut self,
        each: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.value(Tag::M, |reader| reader.item(each))
    }

    /// Reads an item: `each` gets every attribute's name and has to read its value.
    ///
    /// # Errors
    /// When the next value is not an object, and the first that `each` returns, with the name in its path.
    #[inline]
    pub fn item(
        &mut self,
        mut each: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.object(|reader, name| {
            // Free for a name that is borrowed, as all are but those with escapes.
            let attribute = name.clone();
            each(reader, name).map_err(|error| error.in_attribute(attribute.into_owned()))
        })
    }

    /// Reads an SS, NS or BS, as `tag` says: `each` gets every member as the text that stands for it.
    ///
    /// # Errors
    /// When the next value is of another type, and the first that `each` returns, with the index in its path.
    pub fn set(
        &mut self,
        tag: Tag,
        mut each: impl FnMut(Cow<'a, str>) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        self.value(tag, |reader| {
            reader.array(|reader, index| {
                let member = reader.text()?;
                each(member).map_err(|error| error.at_index(index))
            })
        })
    }

    /// Reads an attribute value of one type: `inner` reads what stands between its braces.
    #[inline]
    fn value<T>(
        &mut self,
        tag: Tag,
        inner: impl FnOnce(&mut Self) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        // These exact bytes are what DynamoDB sends.
        if self.rest().starts_with(tag.opening().as_bytes()) {
            self.position += tag.opening().len();
        } else {
            self.open_with_white_space(tag)?;
        }
        let value = inner(self)?;
        self.expect(b'}', "the `}` of an attribute value")?;
        Ok(value)
    }

    #[cold]
    fn open_with_white_space(&mut self, tag: Tag) -> Result<(), DecodeError> {
        let found = self.tag()?;
        if found != tag {
            return Err(DecodeError::new(format!("expected {tag}, found {found}")));
        }
        self.expect(b'{', "an attribute value")?;
        self.text()?;
        self.expect(b':', "`:`")
    }
}

/// The bytes that the text of a B, or of a member of a BS, stands for.
pub(in crate::codec) fn decode_base64(text: &str) -> Result<Vec<u8>, DecodeError> {
    STANDARD.decode(text).map_err(|_| DecodeError::new("B (binary) is not valid Base64"))
}
