use crate::{assert_reads_as, assert_stored_as, assert_unreadable, assert_unwritable};

mod integers {
    use super::*;

    #[test]
    fn are_n_at_both_ends_of_their_range() {
        assert_stored_as(u8::MAX, r#"{"N":"255"}"#);
        assert_stored_as(i8::MIN, r#"{"N":"-128"}"#);
        assert_stored_as(u64::MAX, r#"{"N":"18446744073709551615"}"#);
        assert_stored_as(i64::MIN, r#"{"N":"-9223372036854775808"}"#);
        assert_stored_as(usize::MIN, r#"{"N":"0"}"#);
        assert_stored_as(isize::MIN, r#"{"N":"-9223372036854775808"}"#);
    }

    #[test]
    fn of_128_bits_have_at_most_38_digits() {
        let longest = 10i128.pow(38) - 1;
        assert_stored_as(longest, r#"{"N":"99999999999999999999999999999999999999"}"#);
        assert_stored_as(-longest, r#"{"N":"-99999999999999999999999999999999999999"}"#);
        assert_stored_as(longest as u128, r#"{"N":"99999999999999999999999999999999999999"}"#);
        assert_unwritable(i128::MAX, "number has more than 38 significant digits");
        assert_unwritable(i128::MIN, "number has more than 38 significant digits");
        assert_unwritable(u128::MAX, "number has more than 38 significant digits");
    }

    #[test]
    fn may_end_in_a_zero_beyond_38_digits() {
        assert_stored_as(10i128.pow(38), r#"{"N":"100000000000000000000000000000000000000"}"#);
        assert_stored_as(3 * 10u128.pow(38), r#"{"N":"300000000000000000000000000000000000000"}"#);
        assert_stored_as(u128::MAX - 5, r#"{"N":"340282366920938463463374607431768211450"}"#);
    }

    #[test]
    fn are_read_in_every_form_of_the_same_number() {
        for text in ["100", "1E+2", "1e2", "100.00", "0100", "+100", "1000E-1", "0.1e3"] {
            assert_reads_as(&format!(r#"{{"N":"{text}"}}"#), 100u8);
        }
        assert_reads_as(r#"{"N":"-0"}"#, 0u8);
        assert_reads_as(r#"{"N":"-1.28E2"}"#, -128i8);
    }

    #[test]
    fn are_never_wrapped_or_rounded() {
        assert_unreadable::<u8>(r#"{"N":"256"}"#, "number is out of the range of u8");
        assert_unreadable::<u8>(r#"{"N":"-1"}"#, "number is out of the range of u8");
        assert_unreadable::<i64>(r#"{"N":"9223372036854775808"}"#, "number is out of the range of i64");
        assert_unreadable::<u128>(r#"{"N":"1E+125"}"#, "number is out of the range of u128");
        assert_unreadable::<u128>(r#"{"N":"1E+126"}"#, "number is out of the range of u128");
        assert_unreadable::<i32>(r#"{"N":"1.5"}"#, "expected an integer (i32), found a number with decimals");
    }

    #[test]
    fn are_not_read_from_what_is_no_number() {
        for text in ["", "-", "one", "1x", "0x10", "1e", "1e+", ".", "e5", "1 ", "١", "--1", "1.2.3", "1e2e3"]
        {
            assert_unreadable::<i64>(&format!(r#"{{"N":"{text}"}}"#), "text is not a number");
        }
    }
}

mod floats {
    use super::*;

    #[test]
    fn are_the_shortest_text_that_reads_back() {
        assert_stored_as(0.1f64, r#"{"N":"0.1"}"#);
        assert_stored_as(0.1f32, r#"{"N":"0.1"}"#);
        assert_stored_as(1.0f64, r#"{"N":"1"}"#);
        assert_stored_as(-2.5f32, r#"{"N":"-2.5"}"#);
        assert_stored_as(1.5e100f64, r#"{"N":"1.5e+100"}"#);
        assert_stored_as(f32::MAX, r#"{"N":"3.4028235e+38"}"#);
        assert_stored_as(f32::from_bits(1), r#"{"N":"1e-45"}"#);
    }

    #[test]
    fn have_one_zero() {
        assert_stored_as(0.0f64, r#"{"N":"0"}"#);
        assert_stored_as(-0.0f64, r#"{"N":"0"}"#);
        assert_stored_as(-0.0f32, r#"{"N":"0"}"#);
    }

    #[test]
    fn that_are_not_finite_are_refused() {
        let message = "float is not finite; DynamoDB has no infinities and no NaN";
        assert_unwritable(f64::NAN, message);
        assert_unwritable(f32::INFINITY, message);
        assert_unwritable(f64::NEG_INFINITY, message);
    }

    #[test]
    fn beyond_the_range_of_dynamodb_are_refused() {
        let message = "number is out of range; the limits are 1E-130 and 9.99E+125";
        assert_stored_as(9.99999999999999e125f64, r#"{"N":"9.99999999999999e+125"}"#);
        assert_stored_as(-1e-130f64, r#"{"N":"-1e-130"}"#);
        assert_unwritable(1e126, message);
        assert_unwritable(-1e300, message);
        assert_unwritable(9.99e-131, message);
        assert_unwritable(f64::MIN_POSITIVE, message);
        assert_unwritable(f64::from_bits(1), message);
    }

    #[test]
    fn are_never_read_as_zero_or_infinite() {
        assert_unreadable::<f32>(r#"{"N":"1E+100"}"#, "number is out of the range of f32");
        assert_unreadable::<f32>(r#"{"N":"-1E-100"}"#, "number is out of the range of f32");
        assert_unreadable::<f64>(r#"{"N":"1E+400"}"#, "number is out of the range of f64");
        assert_reads_as(r#"{"N":"0E+400"}"#, 0f64);
    }

    #[test]
    fn are_not_read_from_what_is_no_number() {
        for text in ["", "inf", "-Infinity", "NaN", "1,5", "0x1p3", "e", "1e"] {
            assert_unreadable::<f64>(&format!(r#"{{"N":"{text}"}}"#), "text is not a number");
        }
    }

    #[test]
    fn are_read_as_the_nearest() {
        assert_reads_as(r#"{"N":"0.10000000000000000000000000000000000001"}"#, 0.1f64);
    }
}

mod booleans {
    use super::*;

    #[test]
    fn are_bool() {
        assert_stored_as(true, r#"{"BOOL":true}"#);
        assert_stored_as(false, r#"{"BOOL":false}"#);
    }

    #[test]
    fn are_not_text() {
        assert_unreadable::<bool>(r#"{"BOOL":"true"}"#, "invalid JSON: expected `true` or `false` at byte 8");
        assert_unreadable::<bool>(r#"{"S":"true"}"#, "expected BOOL (boolean), found S (string)");
    }
}
