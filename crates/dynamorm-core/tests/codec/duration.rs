use std::time::Duration;

use crate::{assert_reads_as, assert_stored_as, assert_unreadable};

#[test]
fn is_n_in_seconds() {
    assert_stored_as(Duration::from_secs(90), r#"{"N":"90"}"#);
    assert_stored_as(Duration::from_millis(1500), r#"{"N":"1.5"}"#);
    assert_stored_as(Duration::from_nanos(1), r#"{"N":"1E-9"}"#);
    assert_stored_as(Duration::MAX, r#"{"N":"18446744073709551615.999999999"}"#);
    assert_reads_as(r#"{"N":"1.50e1"}"#, Duration::from_secs(15));
}

#[test]
fn is_never_negative_rounded_or_cut() {
    let message = "a duration has at most nine decimals and less than 2^64 seconds";
    assert_unreadable::<Duration>(r#"{"N":"-1"}"#, "a duration cannot be negative");
    assert_unreadable::<Duration>(r#"{"N":"0.0000000001"}"#, message);
    assert_unreadable::<Duration>(r#"{"N":"18446744073709551616"}"#, message);
    assert_unreadable::<Duration>(r#"{"N":"1e100"}"#, message);
}
