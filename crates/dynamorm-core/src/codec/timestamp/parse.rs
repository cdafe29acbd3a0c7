use std::str::FromStr;

use super::{Timestamp, TimestampError, calendar::CivilTime};

/// Reads any RFC 3339 text: with any offset, up to nine decimals, `t` and `z` in either case, and a space for the `T`.
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut text = Text(text.as_bytes());
        let time = date_and_time(&mut text).ok_or(TimestampError::Invalid)?;
        let nanos = decimals(&mut text)?;
        let offset = offset(&mut text).ok_or(TimestampError::Invalid)?;
        if !text.0.is_empty() {
            return Err(TimestampError::Invalid);
        }
        let Some(local) = time.to_unix_seconds() else {
            return Err(if time.second == 60 {
                TimestampError::LeapSecond
            } else {
                TimestampError::NoSuchTime
            });
        };
        let Offset { is_behind, hours, minutes } = offset;
        if hours > 23 || minutes > 59 {
            return Err(TimestampError::NoSuchTime);
        }
        let ahead = i64::from(hours * 3600 + minutes * 60);
        Self::from_parts(if is_behind { local + ahead } else { local - ahead }, nanos)
    }
}

struct Offset {
    is_behind: bool,
    hours: u32,
    minutes: u32,
}

fn date_and_time(text: &mut Text<'_>) -> Option<CivilTime> {
    let year = text.number(4)?;
    text.one_of(b"-")?;
    let month = text.number(2)?;
    text.one_of(b"-")?;
    let day = text.number(2)?;
    text.one_of(b"Tt ")?;
    let hour = text.number(2)?;
    text.one_of(b":")?;
    let minute = text.number(2)?;
    text.one_of(b":")?;
    let second = text.number(2)?;
    Some(CivilTime { year, month, day, hour, minute, second })
}

/// The nanoseconds that follow the seconds, if there are any.
fn decimals(text: &mut Text<'_>) -> Result<u32, TimestampError> {
    if text.one_of(b".").is_none() {
        return Ok(0);
    }
    let digits = text.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match digits {
        0 => Err(TimestampError::Invalid),
        1..=9 => {
            let value = text.number(digits).ok_or(TimestampError::Invalid)?;
            Ok(value * 10u32.pow(9 - digits as u32))
        }
        _ => Err(TimestampError::TooManyDecimals),
    }
}

fn offset(text: &mut Text<'_>) -> Option<Offset> {
    match text.one_of(b"Zz+-")? {
        b'Z' | b'z' => Some(Offset { is_behind: false, hours: 0, minutes: 0 }),
        sign => {
            let hours = text.number(2)?;
            text.one_of(b":")?;
            Some(Offset { is_behind: sign == b'-', hours, minutes: text.number(2)? })
        }
    }
}

/// What has not been read yet.
struct Text<'a>(&'a [u8]);

impl Text<'_> {
    /// Takes exactly so many digits, at most nine.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let mut value = 0;
        for byte in number {
            value = value * 10 + char::from(*byte).to_digit(10)?;
        }
        self.0 = rest;
        Some(value)
    }

    /// Takes one byte if it is one of these.
    fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        bytes.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }
}
