use super::{Decimal, DecimalError};

macro_rules! from_integers {
    ($($integer:ident),+) => {
        $(
            impl From<$integer> for Decimal {
                fn from(integer: $integer) -> Self {
                    Self::from_integer(integer as i128)
                }
            }
        )+
    };
}

from_integers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl TryFrom<i128> for Decimal {
    type Error = DecimalError;

    fn try_from(integer: i128) -> Result<Self, Self::Error> {
        Self::new(integer, 0)
    }
}

impl TryFrom<u128> for Decimal {
    type Error = DecimalError;

    fn try_from(integer: u128) -> Result<Self, Self::Error> {
        // The tenth part of any `u128` is an `i128`, and a number of 39 digits is in range only if it ends in 0.
        match i128::try_from(integer) {
            Ok(integer) => Self::new(integer, 0),
            Err(_) if integer.is_multiple_of(10) => Self::new((integer / 10) as i128, 1),
            Err(_) => Err(DecimalError::TooManyDigits),
        }
    }
}

macro_rules! to_integers {
    ($($integer:ident),+) => {
        $(
            /// Fails when the number has decimals, or is beyond what the integer holds.
            impl TryFrom<Decimal> for $integer {
                type Error = DecimalError;

                fn try_from(decimal: Decimal) -> Result<Self, Self::Error> {
                    if !decimal.is_integer() {
                        return Err(DecimalError::NotAnInteger);
                    }
                    let magnitude = decimal.scaled(0).ok_or(DecimalError::IntegerOverflow)?;
                    let integer = if decimal.is_negative() {
                        0i128.checked_sub_unsigned(magnitude).and_then(|integer| integer.try_into().ok())
                    } else {
                        magnitude.try_into().ok()
                    };
                    integer.ok_or(DecimalError::IntegerOverflow)
                }
            }
        )+
    };
}

to_integers!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

impl Decimal {
    /// The number for an integer of at most 64 bits, all of which are in range.
    fn from_integer(integer: i128) -> Self {
        let (mut coefficient, mut exponent) = (integer, 0);
        while coefficient != 0 && coefficient % 10 == 0 {
            coefficient /= 10;
            exponent += 1;
        }
        Self { coefficient, exponent }
    }

    /// The number without its sign, times ten to the power of `decimals`, if that is an integer and fits.
    pub(in crate::codec) fn scaled(self, decimals: i16) -> Option<u128> {
        let exponent = u32::try_from(self.exponent + decimals).ok()?;
        self.coefficient.unsigned_abs().checked_mul(10u128.checked_pow(exponent)?)
    }
}
