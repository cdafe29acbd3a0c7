use std::time::Duration;

use super::{Attribute, Decimal, DecodeError, EncodeError, Reader, Writer};

const NANOS_PER_SECOND: u128 = 1_000_000_000;

/// N in seconds, with up to nine decimals, such as `1.5`.
impl Attribute for Duration {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        if self.subsec_nanos() == 0 {
            return self.as_secs().encode(writer);
        }
        Decimal::new(self.as_nanos() as i128, -9)?.encode(writer)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let seconds = Decimal::decode(reader)?;
        if seconds.is_negative() {
            return Err(DecodeError::new("a duration cannot be negative"));
        }
        let duration = seconds.scaled(9).and_then(|nanos| {
            let seconds = u64::try_from(nanos / NANOS_PER_SECOND).ok()?;
            Some(Self::new(seconds, (nanos % NANOS_PER_SECOND) as u32))
        });
        duration.ok_or_else(|| {
            DecodeError::new("a duration has at most nine decimals and less than 2^64 seconds")
        })
    }
}
