use std::str::FromStr;

use super::{Decimal, DecimalError, MAX_DIGITS};

/// Reads a number with an optional sign, decimals and exponent, such as `-12.50` or `1.5e-3`.
impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (is_negative, unsigned) = sign(text.as_bytes());
        let is_exponent = |byte: &u8| matches!(byte, b'e' | b'E');
        let (mantissa, exponent) = match unsigned.iter().position(is_exponent) {
            Some(at) => (&unsigned[..at], parse_exponent(&unsigned[at + 1..])?),
            None => (unsigned, 0),
        };
        let mantissa = Mantissa::parse(mantissa)?;
        if mantissa.coefficient == 0 {
            return Ok(Self::ZERO);
        }
        let coefficient = if is_negative { -mantissa.coefficient } else { mantissa.coefficient };
        Self::from_canonical(coefficient, exponent.saturating_add(mantissa.exponent))
    }
}

/// The digits before an exponent, as `coefficient × 10^exponent`.
#[derive(Default)]
struct Mantissa {
    /// Ends in a digit other than zero.
    coefficient: i128,
    exponent: i64,
}

impl Mantissa {
    fn parse(text: &[u8]) -> Result<Self, DecimalError> {
        let mut coefficient: i128 = 0;
        let mut significant: u32 = 0;
        let mut zeros: u32 = 0;
        let mut digits: i64 = 0;
        let mut point: Option<i64> = None;
        for byte in text {
            match byte {
                b'0'..=b'9' => digits += 1,
                b'.' if point.is_none() => {
                    point = Some(digits);
                    continue;
                }
                _ => return Err(DecimalError::Invalid),
            }
            // A zero counts once a digit other than zero follows it: those at either end do not.
            if *byte == b'0' {
                zeros = zeros.saturating_add(u32::from(coefficient != 0));
                continue;
            }
            significant = significant.saturating_add(zeros).saturating_add(1);
            if significant > MAX_DIGITS {
                return Err(DecimalError::TooManyDigits);
            }
            coefficient = coefficient * 10i128.pow(zeros + 1) + i128::from(byte - b'0');
            zeros = 0;
        }
        if digits == 0 {
            return Err(DecimalError::Invalid);
        }
        let decimals = point.map_or(0, |point| digits - point);
        Ok(Self { coefficient, exponent: i64::from(zeros) - decimals })
    }
}

fn sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    }
}

/// The value of an exponent, or the nearest that an `i64` holds: both are far out of range.
fn parse_exponent(text: &[u8]) -> Result<i64, DecimalError> {
    let (is_negative, digits) = sign(text);
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(DecimalError::Invalid);
    }
    let append = |value: i64, digit: &u8| value.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    let value = digits.iter().fold(0, append);
    Ok(if is_negative { -value } else { value })
}
