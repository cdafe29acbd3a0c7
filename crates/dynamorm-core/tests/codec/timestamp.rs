use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use dynamorm_core::{
    Timestamp,
    codec::{EpochSeconds, TimestampError},
};
use proptest::prelude::*;

use crate::{assert_reads_as, assert_stored_as, assert_unreadable};

fn timestamp(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Every instant that there is.
pub(crate) fn timestamps() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.to_unix_nanos()..=Timestamp::MAX.to_unix_nanos())
        .prop_map(|nanos| Timestamp::from_unix_nanos(nanos).unwrap())
}

mod attribute {
    use super::*;

    #[test]
    fn is_s_of_fixed_width() {
        assert_stored_as(
            timestamp("2026-11-22T09:27:00.123456789Z"),
            r#"{"S":"2026-11-22T09:27:00.123456789Z"}"#,
        );
        assert_stored_as(Timestamp::default(), r#"{"S":"1970-01-01T00:00:00.000000000Z"}"#);
        assert_stored_as(Timestamp::MIN, r#"{"S":"0001-01-01T00:00:00.000000000Z"}"#);
        assert_stored_as(Timestamp::MAX, r#"{"S":"9999-12-31T23:59:59.999999999Z"}"#);
    }

    #[test]
    fn is_read_from_any_rfc_3339() {
        assert_reads_as(
            r#"{"S":"2026-11-22T10:27:00.5+01:00"}"#,
            timestamp("2026-11-22T09:27:00.500000000Z"),
        );
    }

    #[test]
    fn says_what_is_wrong() {
        assert_unreadable::<Timestamp>(
            r#"{"S":"yesterday"}"#,
            "not an RFC 3339 timestamp such as `2026-11-22T09:27:00Z`",
        );
        assert_unreadable::<Timestamp>(r#"{"N":"0"}"#, "expected S (string), found N (number)");
    }

    #[test]
    fn can_be_in_a_set() {
        assert_stored_as(BTreeSet::from([Timestamp::MIN]), r#"{"SS":["0001-01-01T00:00:00.000000000Z"]}"#);
    }
}

mod epoch_seconds {
    use super::*;

    #[test]
    fn are_n_without_decimals() {
        let instant = timestamp("2023-11-14T22:13:20.999999999Z");

        assert_stored_as(EpochSeconds::from(instant), r#"{"N":"1700000000"}"#);
        assert_eq!(Timestamp::from(EpochSeconds::from(instant)), timestamp("2023-11-14T22:13:20Z"));
    }

    #[test]
    fn are_cut_downwards_before_1970_too() {
        let instant = timestamp("1969-12-31T23:59:58.5Z");

        assert_stored_as(EpochSeconds::from(instant), r#"{"N":"-2"}"#);
    }

    #[test]
    fn are_within_the_years_1_to_9999() {
        assert_unreadable::<EpochSeconds>(
            r#"{"N":"253402300800"}"#,
            "timestamp is out of range; the limits are the years 0001 and 9999",
        );
        assert_unreadable::<EpochSeconds>(
            r#"{"N":"1.5"}"#,
            "expected an integer (i64), found a number with decimals",
        );
    }
}

mod parse {
    use super::*;

    #[test]
    fn takes_offsets_and_either_case_and_any_decimals() {
        let expected = timestamp("2026-11-22T09:27:00.120000000Z");
        for text in [
            "2026-11-22T09:27:00.12Z",
            "2026-11-22t09:27:00.120z",
            "2026-11-22 09:27:00.12Z",
            "2026-11-22T10:27:00.12+01:00",
            "2026-11-22T03:57:00.12-05:30",
            "2026-11-23T09:26:00.12+23:59",
            "2026-11-22T09:27:00.12-00:00",
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn takes_an_offset_at_either_end_of_time() {
        assert_eq!("0000-12-31T23:00:00-01:00".parse(), Ok(Timestamp::MIN));
        assert_eq!("0001-01-01T00:00:00+00:01".parse::<Timestamp>(), Err(TimestampError::OutOfRange));
        assert_eq!("9999-12-31T23:59:59-00:01".parse::<Timestamp>(), Err(TimestampError::OutOfRange));
        assert_eq!("0000-01-01T00:00:00Z".parse::<Timestamp>(), Err(TimestampError::OutOfRange));
    }

    #[test]
    fn refuses_dates_and_times_that_do_not_exist() {
        for text in [
            "2026-00-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+00:60",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimestampError::NoSuchTime), "{text}");
        }
        assert!("2000-02-29T00:00:00Z".parse::<Timestamp>().is_ok());
        assert!("2024-02-29T00:00:00Z".parse::<Timestamp>().is_ok());
    }

    #[test]
    fn refuses_leap_seconds() {
        assert_eq!("2016-12-31T23:59:60Z".parse::<Timestamp>(), Err(TimestampError::LeapSecond));
    }

    #[test]
    fn refuses_more_than_nine_decimals() {
        assert_eq!(
            "2026-01-01T00:00:00.1234567890Z".parse::<Timestamp>(),
            Err(TimestampError::TooManyDecimals)
        );
    }

    #[test]
    fn refuses_what_is_not_rfc_3339() {
        for text in [
            "",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-01-01T00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00,5Z",
            "2026-01-01T00:00:00+0100",
            "2026-01-01T00:00:00+1",
            "2026-01-01T00:00:00Zz",
            "2026-01-01_00:00:00Z",
            "+026-01-01T00:00:00Z",
            "02026-01-01T00:00:00Z",
            "２026-01-01T00:00:00Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimestampError::Invalid), "{text}");
        }
    }
}

mod unix_time {
    use super::*;

    #[test]
    fn is_rounded_down_before_1970() {
        let instant = timestamp("1969-12-31T23:59:59.999999999Z");

        assert_eq!(instant.to_unix_seconds(), -1);
        assert_eq!(instant.to_unix_millis(), -1);
        assert_eq!(instant.to_unix_nanos(), -1);
        assert_eq!(instant.subsec_nanos(), 999_999_999);
    }

    #[test]
    fn is_taken_in_seconds_millis_and_nanos() {
        assert_eq!(Timestamp::from_unix_seconds(-1), Ok(timestamp("1969-12-31T23:59:59Z")));
        assert_eq!(Timestamp::from_unix_millis(-1), Ok(timestamp("1969-12-31T23:59:59.999Z")));
        assert_eq!(
            Timestamp::from_unix_nanos(1_000_000_001),
            Ok(timestamp("1970-01-01T00:00:01.000000001Z"))
        );
    }

    #[test]
    fn beyond_the_years_1_to_9999_is_refused() {
        for seconds in [i64::MIN, -62_135_596_801, 253_402_300_800, i64::MAX] {
            assert_eq!(Timestamp::from_unix_seconds(seconds), Err(TimestampError::OutOfRange));
        }
        for nanos in [i128::MIN, -62_135_596_800_000_000_001, 253_402_300_800_000_000_000, i128::MAX] {
            assert_eq!(Timestamp::from_unix_nanos(nanos), Err(TimestampError::OutOfRange));
        }
        assert_eq!(Timestamp::from_unix_millis(i64::MAX), Err(TimestampError::OutOfRange));
    }
}

mod arithmetic {
    use super::*;

    #[test]
    fn carries_between_seconds_and_nanoseconds() {
        let instant = timestamp("2026-12-31T23:59:59.6Z");

        assert_eq!(
            instant.checked_add(Duration::from_millis(500)),
            Some(timestamp("2027-01-01T00:00:00.1Z"))
        );
        assert_eq!(
            instant.checked_sub(Duration::from_millis(700)),
            Some(timestamp("2026-12-31T23:59:58.9Z"))
        );
    }

    #[test]
    fn ends_at_both_ends_of_time() {
        assert_eq!(Timestamp::MAX.checked_add(Duration::from_nanos(1)), None);
        assert_eq!(Timestamp::MIN.checked_sub(Duration::from_nanos(1)), None);
        assert_eq!(Timestamp::MIN.checked_add(Duration::MAX), None);
        assert_eq!(Timestamp::MIN.saturating_add(Duration::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.saturating_sub(Duration::MAX), Timestamp::MIN);
    }

    #[test]
    fn has_no_negative_distance() {
        let (earlier, later) = (timestamp("2026-01-01T00:00:00.9Z"), timestamp("2026-01-01T00:00:01.1Z"));

        assert_eq!(later.duration_since(earlier), Some(Duration::from_millis(200)));
        assert_eq!(earlier.duration_since(later), None);
        assert_eq!(earlier.saturating_duration_since(later), Duration::ZERO);
        assert_eq!(
            timestamp("2026-01-01T00:00:00.1Z").duration_since(timestamp("2026-01-01T00:00:00.2Z")),
            None
        );
    }
}

mod text {
    use super::*;

    #[test]
    fn keeps_to_the_width_it_is_given() {
        assert_eq!(format!("{:>32}", Timestamp::UNIX_EPOCH), "  1970-01-01T00:00:00.000000000Z");
    }

    proptest! {
        #[test]
        fn order_is_time_order(left in timestamps(), right in timestamps()) {
            prop_assert_eq!(left.to_string().cmp(&right.to_string()), left.cmp(&right));
        }

        #[test]
        fn reads_back(instant in timestamps()) {
            prop_assert_eq!(instant.to_string().parse(), Ok(instant));
            prop_assert_eq!(Timestamp::from_unix_nanos(instant.to_unix_nanos()), Ok(instant));
        }
    }
}

mod system_time {
    use super::*;

    proptest! {
        #[test]
        fn is_the_same_instant(instant in timestamps()) {
            let time = SystemTime::try_from(instant).unwrap();

            prop_assert_eq!(Timestamp::try_from(time), Ok(instant));
        }
    }

    #[test]
    fn now_is_between_two_readings_of_the_clock() {
        let before = Timestamp::try_from(SystemTime::now()).unwrap();
        let now = Timestamp::now();
        let after = Timestamp::try_from(SystemTime::now()).unwrap();

        assert!(before <= now && now <= after);
    }
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use super::*;

    proptest! {
        #[test]
        fn is_the_same_instant_and_text(instant in timestamps()) {
            let Ok(theirs) = jiff::Timestamp::try_from(instant) else {
                prop_assert!(instant > timestamp("9999-12-30T22:00:00Z"));
                return Ok(());
            };

            prop_assert_eq!(format!("{theirs:.9}"), instant.to_string());
            prop_assert_eq!(Timestamp::try_from(theirs), Ok(instant));
        }
    }
}

#[cfg(feature = "time")]
mod with_time {
    use super::*;

    proptest! {
        #[test]
        fn is_the_same_instant_and_date(instant in timestamps()) {
            let theirs = time::OffsetDateTime::from(instant);

            let date = format!("{:04}-{:02}-{:02}", theirs.year(), u8::from(theirs.month()), theirs.day());
            prop_assert_eq!(&instant.to_string()[..10], date);
            prop_assert_eq!(Timestamp::try_from(theirs), Ok(instant));
        }
    }
}

#[cfg(feature = "chrono")]
mod with_chrono {
    use chrono::{DateTime, NaiveDate, Utc};

    use super::*;

    proptest! {
        #[test]
        fn is_the_same_instant_and_date(instant in timestamps()) {
            let theirs = DateTime::<Utc>::from(instant);

            prop_assert_eq!(theirs.date_naive().to_string(), &instant.to_string()[..10]);
            prop_assert_eq!(Timestamp::try_from(theirs), Ok(instant));
        }
    }

    #[test]
    fn has_leap_seconds_that_are_refused() {
        let leap =
            NaiveDate::from_ymd_opt(2016, 12, 31).and_then(|day| day.and_hms_milli_opt(23, 59, 59, 1500));

        assert_eq!(Timestamp::try_from(leap.unwrap().and_utc()), Err(TimestampError::LeapSecond));
    }
}

mod with_serde {
    use super::*;

    #[test]
    fn is_rfc_3339_text() {
        let instant = timestamp("2026-11-22T09:27:00.5Z");

        assert_eq!(serde_json::to_string(&instant).unwrap(), r#""2026-11-22T09:27:00.500000000Z""#);
        assert_eq!(
            serde_json::from_str::<Timestamp>(r#""2026-11-22T10:27:00.5\u002b01:00""#).unwrap(),
            instant
        );
        assert!(serde_json::from_str::<Timestamp>(r#""2026""#).is_err());
    }
}
