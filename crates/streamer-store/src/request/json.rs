use std::{fmt, sync::Arc};

use dynamorm::{
    Attribute, DecodeError, EncodeError, Tag,
    codec::{Reader, Writer},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value;

/// A JSON object, kept as its text. Cheap to clone.
///
/// It is stored as S, and compressed by zstd as B where it is longer than 4 KB: DynamoDB's own maps refuse more than 32
/// levels, and cost a walk through the whole tree.
#[derive(Clone, PartialEq, Eq, Hash, Attribute)]
pub struct Json(Text);

/// The text as it is stored.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Text(Arc<str>);

/// Longer texts are compressed.
const MAX_PLAIN_BYTES: usize = 4096;

/// What a compressed text becomes at most. An item has 400 KB, and text that shrinks to a fortieth is no one's payload.
const MAX_TEXT_BYTES: usize = 16 << 20;

/// zstd's own default: more takes longer than it saves.
const LEVEL: i32 = 3;

impl Json {
    /// The object without members.
    pub fn empty() -> Self {
        Self(Text("{}".into()))
    }

    /// The object as its text says it.
    ///
    /// # Errors
    /// When it is no JSON, or no object.
    pub fn parse(text: &str) -> Result<Self, NotAnObject> {
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(_)) => Ok(Self(Text(text.into()))),
            Ok(_) => Err(NotAnObject("a JSON value that is no object".to_owned())),
            Err(error) => Err(NotAnObject(format!("no JSON: {error}"))),
        }
    }

    /// The object that a value is serialized to.
    ///
    /// # Errors
    /// When it cannot be, or is no object.
    pub fn of(value: &impl Serialize) -> Result<Self, NotAnObject> {
        let text = serde_json::to_string(value).map_err(|error| NotAnObject(format!("no JSON: {error}")))?;
        if text.starts_with('{') {
            Ok(Self(Text(text.into())))
        } else {
            Err(NotAnObject("a JSON value that is no object".to_owned()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0.0
    }

    /// The object as a tree.
    pub fn to_value(&self) -> Value {
        // It was an object when it was made.
        serde_json::from_str(self.as_str()).unwrap_or_default()
    }

    /// How many bytes of an item it takes; at most so many where it is not compressed.
    pub(super) fn stored_bytes(&self) -> usize {
        let plain = self.as_str().len();
        if plain <= MAX_PLAIN_BYTES {
            return plain;
        }
        zstd::bulk::compress(self.as_str().as_bytes(), LEVEL).map_or(plain, |compressed| compressed.len())
    }

    /// The object with its members in order and without white space: the same for two texts that say the same.
    pub(super) fn canonical(&self) -> String {
        self.to_value().to_string()
    }
}

/// Why something is not a JSON object. It does not show the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnObject(String);

impl fmt::Display for NotAnObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotAnObject {}

/// Its length alone: what it holds is a customer's data.
impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Json").field("bytes", &self.as_str().len()).finish_non_exhaustive()
    }
}

impl Attribute for Text {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        if self.0.len() <= MAX_PLAIN_BYTES {
            writer.string(&self.0);
            return Ok(());
        }
        let compressed = zstd::bulk::compress(self.0.as_bytes(), LEVEL)
            .map_err(|_| EncodeError::new("the JSON cannot be compressed"))?;
        writer.binary(&compressed);
        Ok(())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let text = match reader.tag()? {
            Tag::B => {
                let bytes = zstd::bulk::decompress(&reader.binary()?, MAX_TEXT_BYTES)
                    .map_err(|_| DecodeError::new("expected a text compressed by zstd, of 16 MB at most"))?;
                String::from_utf8(bytes).map_err(|_| DecodeError::new("expected UTF-8"))?
            }
            _ => reader.string()?.into_owned(),
        };
        let json = Json::parse(&text).map_err(|_| DecodeError::new("expected the text of a JSON object"))?;
        Ok(json.0)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use dynamorm::Tag;

    use super::Json;

    fn stored(json: &Json) -> (Tag, Json) {
        let bytes = dynamorm::codec::encode_value(json).unwrap();
        let tag = dynamorm::codec::Reader::new(&bytes).unwrap().tag().unwrap();
        (tag, dynamorm::codec::decode_value(&bytes).unwrap())
    }

    #[test]
    fn is_kept_as_its_text() {
        let json = Json::parse(r#"{ "b": 1.0, "a": [null, "é"] }"#).unwrap();

        assert_eq!(stored(&json), (Tag::S, json.clone()));
        assert_eq!(json.as_str(), r#"{ "b": 1.0, "a": [null, "é"] }"#);
    }

    #[test]
    fn is_compressed_where_it_is_long() {
        let json = Json::parse(&format!(r#"{{"text":"{}"}}"#, "é".repeat(5000))).unwrap();

        assert_eq!(stored(&json), (Tag::B, json));
    }

    #[test]
    fn of_many_levels_is_kept_too() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100));

        assert!(Json::parse(&deep).is_ok());
    }

    #[test]
    fn is_an_object_and_nothing_else() {
        for text in ["", "1", "[]", "null", "\"{}\"", "{", "{}{}", "{'a':1}"] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
        assert!(Json::of(&5).is_err());
    }

    #[test]
    fn that_is_stored_otherwise_cannot_be_read() {
        for stored in [r#"{"S":"[]"}"#, r#"{"B":"AAAA"}"#, r#"{"N":"1"}"#, r#"{"M":{}}"#] {
            assert!(dynamorm::codec::decode_value::<Json>(stored.as_bytes()).is_err(), "{stored}");
        }
    }

    #[test]
    fn says_the_same_in_any_form() {
        let one = Json::parse(r#"{ "b": 1, "a": {"y": [], "x": "\u0041"} }"#).unwrap();
        let other = Json::parse(r#"{"a":{"x":"A","y":[]},"b":1}"#).unwrap();

        assert_ne!(one, other);
        assert_eq!(one.canonical(), other.canonical());
    }
}
