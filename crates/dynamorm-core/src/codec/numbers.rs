//! Numbers are N, booleans BOOL.

use std::borrow::Cow;

use super::{Attribute, Decimal, DecimalError, DecodeError, EncodeError, Reader, SetElement, Tag, Writer};

/// Integers of more digits than this may be too long for DynamoDB: the first number of 39 digits.
const FIRST_LONG_INTEGER: u128 = 10u128.pow(38);

macro_rules! integers {
    ($($integer:ident $(, $slice:item $vec:item)?;)+) => {
        $(
            impl Attribute for $integer {
                #[inline]
                fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
                    check_digits(*self)?;
                    writer.integer(*self);
                    Ok(())
                }

                #[inline]
                fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                    Self::decode_member(reader.number()?)
                }

                $($slice $vec)?
            }

            impl SetElement for $integer {
                const TAG: Tag = Tag::Ns;

                fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError> {
                    check_digits(*self)?;
                    writer.raw("\"");
                    writer.raw(itoa::Buffer::new().format(*self));
                    writer.raw("\"");
                    Ok(())
                }

                #[inline]
                fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError> {
                    match text.parse() {
                        Ok(integer) => Ok(integer),
                        Err(_) => integer_of_other_form(&text, stringify!($integer)),
                    }
                }
            }
        )+
    };
}

integers! {
    u8,
        fn encode_slice(bytes: &[Self], writer: &mut Writer) -> Result<(), EncodeError> {
            writer.binary(bytes);
            Ok(())
        }
        fn decode_vec(reader: &mut Reader<'_>) -> Result<Vec<Self>, DecodeError> {
            reader.binary()
        };
    u16; u32; u64; u128; usize; i8; i16; i32; i64; i128; isize;
}

/// Refuses what has more than 38 digits. Nothing is left of it for integers of up to 64 bits.
#[inline]
fn check_digits<T: TryInto<i128> + TryInto<u128> + Copy>(integer: T) -> Result<(), EncodeError> {
    let decimal = match (TryInto::<i128>::try_into(integer), TryInto::<u128>::try_into(integer)) {
        (Ok(integer), _) if integer.unsigned_abs() < FIRST_LONG_INTEGER => return Ok(()),
        (Ok(integer), _) => Decimal::try_from(integer),
        (Err(_), Ok(integer)) => Decimal::try_from(integer),
        (Err(_), Err(_)) => unreachable!("an integer of at most 128 bits is an `i128` or a `u128`"),
    };
    Ok(decimal.map(drop)?)
}

/// Reads an integer that is not written in plain digits, such as `1E+2`, `1.0` or `-0`.
#[cold]
fn integer_of_other_form<T>(text: &str, name: &str) -> Result<T, DecodeError>
where
    T: TryFrom<Decimal, Error = DecimalError>,
{
    text.parse::<Decimal>().and_then(T::try_from).map_err(|error| match error {
        DecimalError::Invalid => error.into(),
        DecimalError::NotAnInteger => {
            DecodeError::new(format!("expected an integer ({name}), found a number with decimals"))
        }
        DecimalError::TooManyDigits | DecimalError::OutOfRange | DecimalError::IntegerOverflow => {
            out_of_range(name)
        }
    })
}

macro_rules! floats {
    ($($float:ident),+) => {
        $(
            /// Written in the shortest text that reads back as the same float; `-0.0` as `0`. A number that lies
            /// between two floats is read as the nearest: keep a [`Decimal`] where all digits count.
            impl Attribute for $float {
                fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
                    check_float(f64::from(*self))?;
                    let mut buffer = zmij::Buffer::new();
                    let digits = if *self == 0.0 { "0" } else { buffer.format_finite(*self) };
                    writer.number(digits.strip_suffix(".0").unwrap_or(digits));
                    Ok(())
                }

                fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                    let text = reader.number()?;
                    // `inf` and `nan` are floats to Rust, and no numbers.
                    let float = match text.parse::<$float>() {
                        Ok(float) if is_numeric(&text) => float,
                        _ => return Err(DecimalError::Invalid.into()),
                    };
                    if float.is_infinite() || (float == 0.0 && !is_zero(&text)) {
                        return Err(out_of_range(stringify!($float)));
                    }
                    Ok(float)
                }
            }
        )+
    };
}

floats!(f32, f64);

fn check_float(float: f64) -> Result<(), EncodeError> {
    if !float.is_finite() {
        return Err(EncodeError::new("float is not finite; DynamoDB has no infinities and no NaN"));
    }
    if float != 0.0 && !(1e-130..1e126).contains(&float.abs()) {
        return Err(DecimalError::OutOfRange.into());
    }
    Ok(())
}

fn is_numeric(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
}

/// Whether the number's digits, before its exponent, are all zero.
fn is_zero(number: &str) -> bool {
    let digits = number.bytes().take_while(|byte| !matches!(byte, b'e' | b'E'));
    !digits.into_iter().any(|byte| matches!(byte, b'1'..=b'9'))
}

#[cold]
fn out_of_range(name: &str) -> DecodeError {
    DecodeError::new(format!("number is out of the range of {name}"))
}

impl Attribute for bool {
    #[inline]
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.boolean(*self);
        Ok(())
    }

    #[inline]
    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.boolean()
    }
}
