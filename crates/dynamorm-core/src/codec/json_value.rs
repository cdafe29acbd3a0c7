//! Untyped JSON: objects are M, arrays L, text S, numbers N, `null` is NULL.

use serde_json::{Map, Number, Value};

use super::{Attribute, Decimal, DecodeError, EncodeError, Reader, Tag, Writer};

/// How deep DynamoDB lets attribute values be nested.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-attributes>
const MAX_NESTING: usize = 32;

/// DynamoDB keeps a number's value and not its kind: a float without decimals is read back as an integer. B and sets
/// have no JSON value, and reading one is an error, as is a number that no JSON number holds exactly.
impl Attribute for Value {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        encode_nested(self, writer, 0)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.tag()? {
            Tag::S => reader.string().map(|text| Self::String(text.into_owned())),
            Tag::N => decode_number(&reader.number()?).map(Self::Number),
            Tag::Bool => reader.boolean().map(Self::Bool),
            Tag::Null => reader.null().map(|()| Self::Null),
            Tag::L => Self::decode_vec(reader).map(Self::Array),
            Tag::M => {
                let mut members = Map::new();
                reader.map(|reader, name| {
                    members.insert(name.into_owned(), Self::decode(reader)?);
                    Ok(())
                })?;
                Ok(Self::Object(members))
            }
            tag @ (Tag::B | Tag::Ss | Tag::Ns | Tag::Bs) => {
                Err(DecodeError::new(format!("expected a value that JSON has, found {tag}")))
            }
        }
    }
}

fn encode_nested(value: &Value, writer: &mut Writer, depth: usize) -> Result<(), EncodeError> {
    if depth > MAX_NESTING {
        return Err(EncodeError::new(format!("values are nested more than {MAX_NESTING} levels deep")));
    }
    match value {
        Value::Null => writer.null(),
        Value::Bool(value) => writer.boolean(*value),
        Value::Number(number) => encode_number(number, writer)?,
        Value::String(text) => writer.string(text),
        Value::Array(values) => {
            writer.list(values, |writer, value| encode_nested(value, writer, depth + 1))?;
        }
        Value::Object(members) => {
            writer.open_map();
            for (name, value) in members {
                writer.member(name);
                encode_nested(value, writer, depth + 1).map_err(|error| error.in_attribute(name.clone()))?;
            }
            writer.close_map();
        }
    }
    Ok(())
}

fn encode_number(number: &Number, writer: &mut Writer) -> Result<(), EncodeError> {
    if let Some(integer) = number.as_u64() {
        integer.encode(writer)
    } else if let Some(integer) = number.as_i64() {
        integer.encode(writer)
    } else {
        // By its text, which has all digits even where another crate turns on serde_json's arbitrary precision.
        number.to_string().parse::<Decimal>()?.encode(writer)
    }
}

fn decode_number(text: &str) -> Result<Number, DecodeError> {
    let decimal = text.parse::<Decimal>()?;
    if let Ok(integer) = u64::try_from(decimal) {
        return Ok(integer.into());
    }
    if let Ok(integer) = i64::try_from(decimal) {
        return Ok(integer.into());
    }
    let float = text.parse().ok().filter(|float| is_text_of(*float, decimal));
    float.and_then(Number::from_f64).ok_or_else(|| {
        DecodeError::new("number has more digits than a JSON number holds; `Decimal` keeps them all")
    })
}

/// Whether the number is the shortest text of the float, so that none of its digits are lost.
fn is_text_of(float: f64, number: Decimal) -> bool {
    // Where two shortest texts are as near, we and serde_json write one of them, the standard library the other.
    zmij::Buffer::new().format(float).parse() == Ok(number) || format!("{float:e}").parse() == Ok(number)
}
