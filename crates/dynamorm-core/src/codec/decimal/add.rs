use super::{Decimal, DecimalError};

impl Decimal {
    /// The sum of two numbers, exactly.
    ///
    /// ```
    /// use dynamorm_core::codec::{Decimal, DecimalError};
    ///
    /// let (tenth, fifth) = (Decimal::new(1, -1)?, Decimal::new(2, -1)?);
    /// assert_eq!(tenth.checked_add(fifth)?.to_string(), "0.3");
    /// # Ok::<(), DecimalError>(())
    /// ```
    ///
    /// # Errors
    /// When the sum has more than 38 significant digits, as that of 1E+40 and 1 has, or is too great or too small: it is
    /// never rounded.
    pub fn checked_add(self, other: Self) -> Result<Self, DecimalError> {
        if self == Self::ZERO {
            return Ok(other);
        }
        if other == Self::ZERO {
            return Ok(self);
        }
        let exponent = self.exponent.min(other.exponent);
        // Of the two, the one with the lesser exponent is below 10^38 here. A sum of 38 digits is the difference of such a
        // number and one below 2 × 10^38, which an `u128` holds and an `i128` does not.
        let (left, right) = (self.magnitude_at(exponent)?, other.magnitude_at(exponent)?);
        let (magnitude, is_negative) = if self.is_negative() == other.is_negative() {
            (left.checked_add(right).ok_or(DecimalError::TooManyDigits)?, self.is_negative())
        } else if left >= right {
            (left - right, self.is_negative())
        } else {
            (right - left, other.is_negative())
        };
        Self::from_magnitude(magnitude, exponent, is_negative)
    }

    /// The distance from zero in units of `10^exponent`, which is at most the number's own exponent.
    fn magnitude_at(self, exponent: i16) -> Result<u128, DecimalError> {
        let power = u32::from((self.exponent - exponent).unsigned_abs());
        10u128
            .checked_pow(power)
            .and_then(|factor| self.coefficient.unsigned_abs().checked_mul(factor))
            .ok_or(DecimalError::TooManyDigits)
    }

    fn from_magnitude(magnitude: u128, exponent: i16, is_negative: bool) -> Result<Self, DecimalError> {
        if magnitude == 0 {
            return Ok(Self::ZERO);
        }
        let (mut magnitude, mut exponent) = (magnitude, i64::from(exponent));
        while magnitude.is_multiple_of(10) {
            magnitude /= 10;
            exponent += 1;
        }
        // What an `i128` does not hold has 39 digits.
        let coefficient = i128::try_from(magnitude).map_err(|_| DecimalError::TooManyDigits)?;
        Self::from_canonical(if is_negative { -coefficient } else { coefficient }, exponent)
    }
}
