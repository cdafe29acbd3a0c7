mod arithmetic;
mod calendar;
mod convert;
mod parse;

use std::{borrow::Cow, error::Error, fmt, time::SystemTime};

use super::{Attribute, DecodeError, EncodeError, Reader, SetElement, Tag, Writer};
use calendar::CivilTime;

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// The length of `2026-11-22T09:27:00.123456789Z`.
const TEXT_LENGTH: usize = 30;

/// An instant in UTC, to the nanosecond, in the years 1 to 9999.
///
/// Its text, and its attribute value, is of fixed width with all nine decimals: `2026-11-22T09:27:00.123456789Z`. So
/// text order is time order, and it can be a sort key. Any [RFC 3339] text is read.
///
/// [RFC 3339]: https://www.rfc-editor.org/rfc/rfc3339
///
/// ```
/// use std::time::Duration;
///
/// use dynamorm_core::Timestamp;
///
/// let start: Timestamp = "2026-11-22T10:27:00+01:00".parse()?;
/// assert_eq!(start.to_string(), "2026-11-22T09:27:00.000000000Z");
/// assert_eq!(start.saturating_add(Duration::from_millis(5)).to_unix_millis(), 1_795_339_620_005);
/// # Ok::<(), dynamorm_core::codec::TimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970, rounded down.
    seconds: i64,
    /// What the seconds leave: less than a second, and counted forwards even before 1970.
    nanos: u32,
}

impl Timestamp {
    /// `1970-01-01T00:00:00.000000000Z`, which is also the default.
    pub const UNIX_EPOCH: Self = Self { seconds: 0, nanos: 0 };

    /// The first instant: `0001-01-01T00:00:00.000000000Z`.
    pub const MIN: Self = Self { seconds: -62_135_596_800, nanos: 0 };

    /// The last instant: `9999-12-31T23:59:59.999999999Z`.
    pub const MAX: Self = Self { seconds: 253_402_300_799, nanos: 999_999_999 };

    /// What the system's clock says.
    pub fn now() -> Self {
        let now = SystemTime::now();
        Self::try_from(now).unwrap_or(if now < SystemTime::UNIX_EPOCH { Self::MIN } else { Self::MAX })
    }

    /// The instant so many seconds after 1970, or before if negative.
    ///
    /// # Errors
    /// When it is not in the years 1 to 9999.
    pub const fn from_unix_seconds(seconds: i64) -> Result<Self, TimestampError> {
        Self::from_parts(seconds, 0)
    }

    /// The instant so many milliseconds after 1970, or before if negative.
    ///
    /// # Errors
    /// When it is not in the years 1 to 9999.
    pub const fn from_unix_millis(millis: i64) -> Result<Self, TimestampError> {
        Self::from_parts(millis.div_euclid(1000), millis.rem_euclid(1000) as u32 * 1_000_000)
    }

    /// The instant so many nanoseconds after 1970, or before if negative.
    ///
    /// # Errors
    /// When it is not in the years 1 to 9999.
    pub const fn from_unix_nanos(nanos: i128) -> Result<Self, TimestampError> {
        let seconds = nanos.div_euclid(NANOS_PER_SECOND);
        // Compared before it is cut to 64 bits.
        if seconds < Self::MIN.seconds as i128 || seconds > Self::MAX.seconds as i128 {
            return Err(TimestampError::OutOfRange);
        }
        Self::from_parts(seconds as i64, nanos.rem_euclid(NANOS_PER_SECOND) as u32)
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn to_unix_seconds(self) -> i64 {
        self.seconds
    }

    /// Whole milliseconds since 1970, rounded down.
    pub const fn to_unix_millis(self) -> i64 {
        self.seconds * 1000 + (self.nanos / 1_000_000) as i64
    }

    /// Nanoseconds since 1970.
    pub const fn to_unix_nanos(self) -> i128 {
        self.seconds as i128 * NANOS_PER_SECOND + self.nanos as i128
    }

    /// The nanoseconds since the last whole second.
    pub const fn subsec_nanos(self) -> u32 {
        self.nanos
    }

    /// The last whole second at or before the instant.
    pub(super) const fn whole_seconds(self) -> Self {
        Self { seconds: self.seconds, nanos: 0 }
    }

    const fn from_parts(seconds: i64, nanos: u32) -> Result<Self, TimestampError> {
        if seconds < Self::MIN.seconds || seconds > Self::MAX.seconds {
            return Err(TimestampError::OutOfRange);
        }
        Ok(Self { seconds, nanos })
    }

    /// Writes the fixed-width text into `buffer`.
    fn write_text(self, buffer: &mut [u8; TEXT_LENGTH]) -> &str {
        *buffer = *b"0000-00-00T00:00:00.000000000Z";
        let time = CivilTime::from_unix_seconds(self.seconds);
        let fields = [
            (0, 4, time.year),
            (5, 2, time.month),
            (8, 2, time.day),
            (11, 2, time.hour),
            (14, 2, time.minute),
            (17, 2, time.second),
            (20, 9, self.nanos),
        ];
        for (start, width, mut value) in fields {
            for digit in buffer[start..start + width].iter_mut().rev() {
                *digit = b'0' + (value % 10) as u8;
                value /= 10;
            }
        }
        std::str::from_utf8(buffer).unwrap_or_else(|_| unreachable!("digits are ASCII"))
    }
}

/// Fixed-width RFC 3339 in UTC with nine decimals: `2026-11-22T09:27:00.123456789Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.write_text(&mut [0; TEXT_LENGTH]))
    }
}

/// Why a text or number is not a [`Timestamp`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimestampError {
    /// The text is not RFC 3339.
    Invalid,
    /// A field of the text is out of its range, such as a 31st of April.
    NoSuchTime,
    /// The text names a leap second, which Unix time does not have.
    LeapSecond,
    /// The text has more than nine decimals: it would have to be rounded.
    TooManyDecimals,
    /// The instant is not in the years 1 to 9999.
    OutOfRange,
}

impl TimestampError {
    const fn reason(self) -> &'static str {
        match self {
            Self::Invalid => "not an RFC 3339 timestamp such as `2026-11-22T09:27:00Z`",
            Self::NoSuchTime => "timestamp names a date or time that does not exist",
            Self::LeapSecond => "timestamp is a leap second; the last second of a minute is 59",
            Self::TooManyDecimals => "timestamp has more than nine decimals",
            Self::OutOfRange => "timestamp is out of range; the limits are the years 0001 and 9999",
        }
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl Error for TimestampError {}

impl From<TimestampError> for DecodeError {
    fn from(error: TimestampError) -> Self {
        Self::new(error.reason())
    }
}

impl Attribute for Timestamp {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.string(self.write_text(&mut [0; TEXT_LENGTH]));
        Ok(())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::decode_member(reader.string()?)
    }
}

impl SetElement for Timestamp {
    const TAG: Tag = Tag::Ss;

    fn encode_member(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.text(self.write_text(&mut [0; TEXT_LENGTH]));
        Ok(())
    }

    fn decode_member(text: Cow<'_, str>) -> Result<Self, DecodeError> {
        Ok(text.parse::<Self>()?)
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.write_text(&mut [0; TEXT_LENGTH]))
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
