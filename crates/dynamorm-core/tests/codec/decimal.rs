use std::{
    collections::{BTreeSet, HashSet},
    str::FromStr,
};

use dynamorm_core::codec::{Decimal, DecimalError};
use proptest::prelude::*;

use crate::{assert_reads_as, assert_stored_as, assert_unreadable};

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn is_n_with_all_its_digits() {
    assert_stored_as(decimal("-12.50"), r#"{"N":"-12.5"}"#);
    assert_stored_as(
        decimal("1.2345678901234567890123456789012345678"),
        r#"{"N":"1.2345678901234567890123456789012345678"}"#,
    );
    assert_reads_as(r#"{"N":"1E+2"}"#, Decimal::from(100));
}

#[test]
fn is_shown_plainly_unless_that_is_mostly_zeros() {
    let shown = [
        ("0", "0"),
        ("-0.00", "0"),
        ("0e999999999999999999999", "0"),
        ("1200", "1200"),
        ("00012.00", "12"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("0.0000001", "0.0000001"),
        ("0.00000001", "1E-8"),
        ("-0.0000000123", "-1.23E-8"),
        ("1e37", "10000000000000000000000000000000000000"),
        ("1e38", "1E+38"),
        ("-9.5E125", "-9.5E+125"),
        ("1e-130", "1E-130"),
    ];
    for (text, expected) in shown {
        assert_eq!(decimal(text).to_string(), expected, "{text}");
    }
}

#[test]
fn has_38_digits_that_count() {
    let longest = "9".repeat(38);
    assert_eq!(decimal(&longest).to_string(), longest);
    assert_eq!(decimal(&format!("000{longest}000")).to_string(), format!("9.{}E+40", "9".repeat(37)));
    assert_eq!(Decimal::from_str(&"1".repeat(39)), Err(DecimalError::TooManyDigits));
    assert_eq!(Decimal::from_str(&format!("1{}1", "0".repeat(37))), Err(DecimalError::TooManyDigits));
    assert_eq!(Decimal::from_str(&format!("1.{}1", "0".repeat(100_000))), Err(DecimalError::TooManyDigits));
    assert_eq!(Decimal::from(1).to_string(), decimal(&format!("1.{}", "0".repeat(100_000))).to_string());
}

#[test]
fn stays_within_the_magnitudes_of_dynamodb() {
    let greatest = format!("{}e88", "9".repeat(38));
    assert!(Decimal::from_str(&greatest).is_ok());
    for text in ["1e126", "-1e126", "1e-131", "0.9e-130", "1e99999999999999999999", "1e-99999999999999999999"]
    {
        assert_eq!(Decimal::from_str(text), Err(DecimalError::OutOfRange), "{text}");
    }
    assert_unreadable::<Decimal>(
        r#"{"N":"1e126"}"#,
        "number is out of range; the limits are 1E-130 and 9.99E+125",
    );
}

#[test]
fn is_not_read_from_what_is_no_number() {
    for text in ["", "-", ".", "1..2", "1.2.3", "e1", "1e", "1e1.5", "inf", "NaN", " 1", "1_000", "1,5"] {
        assert_eq!(Decimal::from_str(text), Err(DecimalError::Invalid), "{text}");
    }
}

#[test]
fn of_one_value_is_one() {
    let ones = ["1", "1.0", "01", "10e-1", "0.1e1"].map(decimal);

    assert_eq!(HashSet::from(ones).len(), 1);
    assert_eq!(BTreeSet::from(ones).len(), 1);
}

#[test]
fn is_ordered_by_value() {
    let ordered =
        ["-1e125", "-10.01", "-10", "-1e-130", "0", "1e-130", "0.1", "0.11", "0.2", "9", "10", "1e125"];
    let ordered = ordered.map(decimal);

    assert!(ordered.is_sorted());
}

#[test]
fn becomes_an_integer_only_without_loss() {
    assert_eq!(u8::try_from(decimal("2.55e2")), Ok(255));
    assert_eq!(u8::try_from(decimal("256")), Err(DecimalError::IntegerOverflow));
    assert_eq!(u8::try_from(decimal("-1")), Err(DecimalError::IntegerOverflow));
    assert_eq!(i8::try_from(decimal("-128")), Ok(-128));
    assert_eq!(i32::try_from(decimal("1.5")), Err(DecimalError::NotAnInteger));
    assert_eq!(i128::try_from(decimal("1e40")), Err(DecimalError::IntegerOverflow));
    assert_eq!(u128::try_from(decimal("3e38")), Ok(3 * 10u128.pow(38)));
}

#[test]
fn is_made_of_a_coefficient_and_an_exponent() {
    assert_eq!(Decimal::new(1500, -3), Ok(decimal("1.5")));
    assert_eq!(Decimal::new(0, i16::MIN), Ok(Decimal::ZERO));
    assert_eq!(Decimal::new(i128::MIN, 0), Err(DecimalError::TooManyDigits));
    assert_eq!(Decimal::new(1, i16::MAX), Err(DecimalError::OutOfRange));
    assert_eq!(Decimal::new(10, i16::MAX), Err(DecimalError::OutOfRange));
}

#[test]
fn is_added_exactly_or_not_at_all() {
    let added = [
        ("0.1", "0.2", "0.3"),
        ("0", "-1.5", "-1.5"),
        ("1.5", "-1.5", "0"),
        ("999.99", "0.01", "1000"),
        ("-0.3", "0.1", "-0.2"),
        ("1e37", "-1", "9999999999999999999999999999999999999"),
        ("1e38", "-1", "99999999999999999999999999999999999999"),
        // The first has 39 digits beside the second, more than an `i128` holds, and the sum has 38.
        ("1.8e38", "-90000000000000000000000000000000000001", "89999999999999999999999999999999999999"),
        ("1e125", "1e125", "2E+125"),
        ("1e-130", "1e-130", "2E-130"),
        ("99999999999999999999999999999999999999", "1", "1E+38"),
    ];
    for (left, right, sum) in added {
        let (left, right) = (decimal(left), decimal(right));
        assert_eq!(
            left.checked_add(right).map(|sum| sum.to_string()).as_deref(),
            Ok(sum),
            "{left} + {right}"
        );
        assert_eq!(right.checked_add(left), left.checked_add(right), "{left} + {right}");
    }

    let refused = [
        ("1e38", "1", DecimalError::TooManyDigits),
        ("1e125", "1e-130", DecimalError::TooManyDigits),
        ("1e125", "-1e-130", DecimalError::TooManyDigits),
        ("9e125", "1e125", DecimalError::OutOfRange),
        ("99999999999999999999999999999999999999", "2", DecimalError::TooManyDigits),
        ("1.1e-130", "-1e-130", DecimalError::OutOfRange),
    ];
    for (left, right, error) in refused {
        assert_eq!(decimal(left).checked_add(decimal(right)), Err(error), "{left} + {right}");
    }
}

proptest! {
    #[test]
    fn is_added_as_integers_are(left: i64, right: i64, decimals in 0i16..30) {
        let number = |integer: i64| Decimal::new(integer.into(), -decimals).unwrap();

        let sum = number(left).checked_add(number(right));

        prop_assert_eq!(sum, Decimal::new(i128::from(left) + i128::from(right), -decimals));
    }

    #[test]
    fn is_added_and_taken_away_again(
        left: i128,
        right: i128,
        left_exponent in -60i16..60,
        right_exponent in -60i16..60,
    ) {
        let (left, right) = (left / 10, right / 10);
        let (Ok(left), Ok(right), Ok(away)) = (
            Decimal::new(left, left_exponent),
            Decimal::new(right, right_exponent),
            Decimal::new(-right, right_exponent),
        ) else {
            return Ok(());
        };
        let Ok(sum) = left.checked_add(right) else { return Ok(()) };

        prop_assert_eq!(sum.checked_add(away), Ok(left));
    }

    #[test]
    fn reads_back_what_it_shows(coefficient: i128, exponent in -170i16..130) {
        let Ok(number) = Decimal::new(coefficient / 10, exponent) else { return Ok(()) };

        prop_assert_eq!(number.to_string().parse::<Decimal>(), Ok(number));
    }

    #[test]
    fn is_ordered_as_integers_are(left: i64, right: i64, small in -100i64..100) {
        prop_assert_eq!(Decimal::from(left).cmp(&Decimal::from(right)), left.cmp(&right));
        prop_assert_eq!(Decimal::from(left).cmp(&Decimal::from(small)), left.cmp(&small));
    }

    #[test]
    fn is_ordered_as_floats_are(left in -1e6f64..1e6, right in -1e6f64..1e6) {
        let (left_decimal, right_decimal) = (decimal(&left.to_string()), decimal(&right.to_string()));

        prop_assert_eq!(Some(left_decimal.cmp(&right_decimal)), left.partial_cmp(&right));
    }
}
