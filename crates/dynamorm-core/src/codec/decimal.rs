mod add;
mod convert;
mod parse;

use std::{borrow::Cow, cmp::Ordering, error::Error, fmt};

use super::{Attribute, DecodeError, EncodeError, Reader, SetElement, Tag, Writer};

/// The digits that DynamoDB keeps of a number.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-data-types-number>
const MAX_DIGITS: u32 = 38;

/// The power of ten of the first digit of the smallest and the greatest number that DynamoDB stores.
const MAGNITUDES: std::ops::RangeInclusive<i64> = -130..=125;

/// Numbers whose first digit stands further right than this are shown with an exponent.
const MIN_PLAIN_MAGNITUDE: i64 = -7;

/// An exact decimal number, of all and only those that DynamoDB stores: up to 38 significant digits, from 1E-130 to
/// 9.99…E+125, negative and positive, and zero.
///
/// What has more digits or another magnitude is an error, never a rounding. Numbers of one value are one: `1.50` is
/// `1.5`, and `-0` is `0`.
///
/// ```
/// use dynamorm_core::codec::{Decimal, DecimalError};
///
/// let price: Decimal = "19.90".parse()?;
/// assert_eq!(price.to_string(), "19.9");
/// assert_eq!(Decimal::new(1990, -2), Ok(price));
/// assert_eq!(i64::try_from(price), Err(DecimalError::NotAnInteger));
/// # Ok::<(), DecimalError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// Not divisible by ten, so that one number has one representation.
    coefficient: i128,
    /// The power of ten that the coefficient is multiplied by; 0 for zero.
    exponent: i16,
}

impl Decimal {
    /// The number 0.
    pub const ZERO: Self = Self { coefficient: 0, exponent: 0 };

    /// The number `coefficient × 10^exponent`.
    ///
    /// # Errors
    /// When it has more than 38 significant digits, or is too great or too small.
    pub fn new(coefficient: i128, exponent: i16) -> Result<Self, DecimalError> {
        if coefficient == 0 {
            return Ok(Self::ZERO);
        }
        let mut coefficient = coefficient;
        let mut exponent = i64::from(exponent);
        while coefficient % 10 == 0 {
            coefficient /= 10;
            exponent += 1;
        }
        Self::from_canonical(coefficient, exponent)
    }

    /// Whether the number is less than zero.
    pub const fn is_negative(self) -> bool {
        self.coefficient < 0
    }

    /// Whether the number has no decimals.
    pub const fn is_integer(self) -> bool {
        self.exponent >= 0
    }

    /// The number for a coefficient that is not divisible by ten.
    fn from_canonical(coefficient: i128, exponent: i64) -> Result<Self, DecimalError> {
        let digits = digits(coefficient);
        if digits > MAX_DIGITS {
            return Err(DecimalError::TooManyDigits);
        }
        if !MAGNITUDES.contains(&exponent.saturating_add(i64::from(digits) - 1)) {
            return Err(DecimalError::OutOfRange);
        }
        match i16::try_from(exponent) {
            Ok(exponent) => Ok(Self { coefficient, exponent }),
            Err(_) => Err(DecimalError::OutOfRange),
        }
    }

    /// The power of ten of the first digit.
    fn magnitude(self) -> i64 {
        i64::from(self.exponent) + i64::from(digits(self.coefficient)) - 1
    }

    /// Compares the distances from zero of two numbers, neither of which is zero.
    fn compare_magnitude(self, other: Self) -> Ordering {
        self.magnitude().cmp(&other.magnitude()).then_with(|| {
            // Brought to the same number of digits: at most 38, which an `u128` holds.
            let (left, right) = (self.coefficient.unsigned_abs(), other.coefficient.unsigned_abs());
            let (left_digits, right_digits) = (digits(self.coefficient), digits(other.coefficient));
            let digits = left_digits.max(right_digits);
            (left * 10u128.pow(digits - left_digits)).cmp(&(right * 10u128.pow(digits - right_digits)))
        })
    }
}

/// How many decimal digits an integer has.
fn digits(integer: i128) -> u32 {
    integer.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1)
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let signs = self.coefficient.signum().cmp(&other.coefficient.signum());
        signs.then_with(|| match self.coefficient.signum() {
            0 => Ordering::Equal,
            1 => self.compare_magnitude(*other),
            _ => other.compare_magnitude(*self),
        })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The shortest plain text, such as `-12.5`, `1200` or `0.001`; with an exponent where that would be mostly zeros,
/// such as `1.5E-100`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(self.coefficient.unsigned_abs());
        let magnitude = self.magnitude();
        if self.is_negative() {
            f.write_str("-")?;
        }
        if !(MIN_PLAIN_MAGNITUDE..i64::from(MAX_DIGITS)).contains(&magnitude) {
            let (first, rest) = digits.split_at(1);
            f.write_str(first)?;
            if !rest.is_empty() {
                write!(f, ".{rest}")?;
            }
            write!(f, "E{magnitude:+}")
        } else if self.is_integer() {
            write!(f, "{digits}{:0<1$}", "", usize::from(self.exponent.unsigned_abs()))
        } else {
            match usize::try_from(magnitude) {
                Ok(magnitude) => {
                    let (whole, decimals) = digits.split_at(magnitude + 1);
                    write!(f, "{whole}.{decimals}")
                }
                Err(_) => {
                    let decimals = usize::from(self.exponent.unsigned_abs());
                    write!(f, "0.{digits:0>decimals$}")
                }
            }
        }
    }
}

/// Why a number is not one that DynamoDB stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DecimalError {
    /// The text is not a number.
    Invalid,
    /// The number has more than 38 significant digits.
    TooManyDigits,
    /// The number is beyond 9.99…E+125, or nearer to zero than 1E-130.
    OutOfRange,
    /// The number has decimals, and an integer was asked for.
    NotAnInteger,
    /// The number is an integer, but not one that the integer type holds.
    IntegerOverflow,
}

impl DecimalError {
    const fn reason(self) -> &'static str {
        match self {
            Self::Invalid => "text is not a number",
            Self::TooManyDigits => "number has more than 38 significant digits",
            Self::OutOfRange => "number is out of range; the limits are 1E-130 and 9.99E+125",
            Self::NotAnInteger => "number has decimals",
            Self::IntegerOverflow => "number is out of the integer's range",
        }
    }
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl Error for DecimalError {}

impl From<DecimalError> for EncodeError {
    fn from(error: DecimalError) -> Self {
        Self::new(error.reason())
    }
}

impl From<DecimalError> for DecodeError {
    fn from(error: DecimalError) -> Self {
        Self::new(error.reason())
    }
}

impl Attribute for Decimal {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.raw(r#"{"N":"#);
        self.encode_member(writer)?;
        writer.raw("}");
        Ok(())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::decode_member(reader.number()?)
    }
}

impl SetElement for Decimal {
    const TAG: Tag = Tag::Ns;

    fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.raw("\"");
        writer.display(self);
        writer.raw("\"");
        Ok(())
    }

    fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError> {
        Ok(text.parse::<Self>()?)
    }
}

impl serde::Serialize for Decimal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Decimal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
