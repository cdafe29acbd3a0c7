use super::{Attribute, DecodeError, EncodeError, Reader, Timestamp, Writer};

/// An instant in whole seconds since 1970: what a TTL attribute holds, as N, and [DynamoDB's time to live] reads.
///
/// A [`Timestamp`] becomes one by cutting off what it has beyond whole seconds.
///
/// [DynamoDB's time to live]: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EpochSeconds(Timestamp);

impl From<Timestamp> for EpochSeconds {
    fn from(instant: Timestamp) -> Self {
        Self(instant.whole_seconds())
    }
}

impl From<EpochSeconds> for Timestamp {
    fn from(seconds: EpochSeconds) -> Self {
        seconds.0
    }
}

/// A number with decimals is an error, as is one beyond the years 1 to 9999.
impl Attribute for EpochSeconds {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        self.0.to_unix_seconds().encode(writer)
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self(Timestamp::from_unix_seconds(i64::decode(reader)?)?))
    }
}
