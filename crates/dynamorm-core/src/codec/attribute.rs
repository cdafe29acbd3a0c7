use super::{DecodeError, EncodeError, Reader, Writer};

/// A type that is stored as one attribute value.
///
/// | Rust | DynamoDB |
/// |---|---|
/// | `String`, `char`, [`Timestamp`](crate::Timestamp), `Uuid`, enums without data | S |
/// | integers, floats, [`Decimal`](crate::codec::Decimal), `Duration` (seconds) | N |
/// | `bool` | BOOL |
/// | `Bytes`, `Vec<u8>`, `[u8; N]` | B |
/// | `Vec<T>`, `[T; N]` | L |
/// | `BTreeMap<String, T>`, `HashMap<String, T>`, structs by `#[derive(Attribute)]` | M |
/// | `BTreeSet<T>`, `HashSet<T>` | SS, NS or BS, by [`SetElement`](crate::codec::SetElement) |
/// | `Option<T>` | as `T`, or an absent attribute; NULL where it cannot be absent: inside a list or a map |
/// | `Box<T>`, `Arc<T>` | as `T` |
/// | `serde_json::Value` | as its kind: S, N, BOOL, NULL, L or M |
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored as an attribute",
    note = "derive it with `#[derive(Attribute)]`, or store a type that the table in `dynamorm::Attribute` lists"
)]
pub trait Attribute: Sized {
    /// Writes the whole attribute value, such as `{"S":"text"}`.
    ///
    /// # Errors
    /// When DynamoDB has no such value: a float that is not finite, a number of more than 38 digits. The writer then
    /// holds the beginning of the value.
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError>;

    /// Reads one whole attribute value.
    ///
    /// # Errors
    /// When the value is of another type, or not one this type can hold. The error's path starts at this value.
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// Whether the attribute is left out of its item, or of the map of its struct: `None`, and a set without
    /// elements, which DynamoDB cannot store. Where it cannot be left out, it is written as NULL.
    fn is_absent(&self) -> bool {
        false
    }

    /// The value that a missing attribute stands for, or `None` if it must be there.
    fn absent() -> Option<Self> {
        None
    }

    /// Writes many values as one attribute value: an L, and B for bytes.
    ///
    /// This is how `Vec<u8>` is a B while every other `Vec<T>` is an L, as `Hash::hash_slice` tells bytes apart in
    /// the standard library: `u8` alone overrides it and [`Attribute::decode_vec`].
    #[doc(hidden)]
    fn encode_slice(values: &[Self], writer: &mut Writer) -> Result<(), EncodeError> {
        writer.list(values, |writer, value| value.encode(writer))
    }

    /// Reads what [`Attribute::encode_slice`] writes.
    #[doc(hidden)]
    fn decode_vec(reader: &mut Reader<'_>) -> Result<Vec<Self>, DecodeError> {
        let mut values = Vec::new();
        reader.list(|reader, _| {
            values.push(Self::decode(reader)?);
            Ok(())
        })?;
        Ok(values)
    }
}

/// Writes one attribute value, such as `{"S":"text"}`, to a buffer of its own.
///
/// # Errors
/// When DynamoDB has no such value.
pub fn encode_value<T: Attribute>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer::new();
    value.encode(&mut writer)?;
    Ok(writer.into_vec())
}

/// Reads JSON that is one attribute value and nothing else.
///
/// # Errors
/// When it is not JSON, of another type, or not a value that `T` can hold.
pub fn decode_value<T: Attribute>(json: &[u8]) -> Result<T, DecodeError> {
    let mut reader = Reader::new(json)?;
    let value = T::decode(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

/// The value of the attribute `name`, or what its absence stands for.
///
/// # Errors
/// When it is missing, and has to be there.
#[inline]
pub fn required<T: Attribute>(value: Option<T>, name: &'static str) -> Result<T, DecodeError> {
    value.or_else(T::absent).ok_or_else(|| DecodeError::new("missing attribute").in_attribute(name))
}
