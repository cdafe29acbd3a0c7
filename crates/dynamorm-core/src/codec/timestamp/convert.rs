use std::time::{Duration, SystemTime};

use super::{Timestamp, TimestampError};

impl TryFrom<SystemTime> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: SystemTime) -> Result<Self, Self::Error> {
        let (distance, is_before) = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => (since, false),
            Err(error) => (error.duration(), true),
        };
        let shifted = if is_before {
            Self::UNIX_EPOCH.checked_sub(distance)
        } else {
            Self::UNIX_EPOCH.checked_add(distance)
        };
        shifted.ok_or(TimestampError::OutOfRange)
    }
}

/// Fails when the system's clock cannot show the instant: on Windows before the year 1601.
impl TryFrom<Timestamp> for SystemTime {
    type Error = TimestampError;

    fn try_from(timestamp: Timestamp) -> Result<Self, Self::Error> {
        let nanos = Duration::new(0, timestamp.nanos);
        let seconds = Duration::from_secs(timestamp.seconds.unsigned_abs());
        let whole = if timestamp.seconds < 0 {
            Self::UNIX_EPOCH.checked_sub(seconds)
        } else {
            Self::UNIX_EPOCH.checked_add(seconds)
        };
        whole.and_then(|time| time.checked_add(nanos)).ok_or(TimestampError::OutOfRange)
    }
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use super::{Timestamp, TimestampError};

    impl TryFrom<jiff::Timestamp> for Timestamp {
        type Error = TimestampError;

        fn try_from(timestamp: jiff::Timestamp) -> Result<Self, Self::Error> {
            Self::from_unix_nanos(timestamp.as_nanosecond())
        }
    }

    /// Fails on the last two days of the year 9999, which jiff keeps for offsets.
    impl TryFrom<Timestamp> for jiff::Timestamp {
        type Error = TimestampError;

        fn try_from(timestamp: Timestamp) -> Result<Self, Self::Error> {
            Self::from_nanosecond(timestamp.to_unix_nanos()).map_err(|_| TimestampError::OutOfRange)
        }
    }
}

#[cfg(feature = "time")]
mod with_time {
    use super::{Timestamp, TimestampError};

    impl TryFrom<time::OffsetDateTime> for Timestamp {
        type Error = TimestampError;

        fn try_from(time: time::OffsetDateTime) -> Result<Self, Self::Error> {
            Self::from_unix_nanos(time.unix_timestamp_nanos())
        }
    }

    impl From<Timestamp> for time::OffsetDateTime {
        fn from(timestamp: Timestamp) -> Self {
            Self::from_unix_timestamp_nanos(timestamp.to_unix_nanos())
                .unwrap_or_else(|_| unreachable!("it holds the years -9999 to 9999"))
        }
    }
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use chrono::{DateTime, TimeZone, Utc};

    use super::{Timestamp, TimestampError};

    /// Fails when it is not in the years 1 to 9999, and for leap seconds.
    impl<Tz: TimeZone> TryFrom<DateTime<Tz>> for Timestamp {
        type Error = TimestampError;

        fn try_from(time: DateTime<Tz>) -> Result<Self, Self::Error> {
            match time.timestamp_subsec_nanos() {
                nanos @ ..1_000_000_000 => Self::from_parts(time.timestamp(), nanos),
                _ => Err(TimestampError::LeapSecond),
            }
        }
    }

    impl From<Timestamp> for DateTime<Utc> {
        fn from(timestamp: Timestamp) -> Self {
            Self::from_timestamp(timestamp.seconds, timestamp.nanos)
                .unwrap_or_else(|| unreachable!("it holds years of more than five digits"))
        }
    }
}
