use dynamorm_core::codec;
use serde_json::{Value, json};

use crate::{assert_reads_as, assert_stored_as, assert_unreadable, assert_unwritable};

#[test]
fn is_stored_as_its_kind() {
    assert_stored_as(
        json!({ "a": [null, true, "x", -1, 2.5, {}], "b": u64::MAX }),
        concat!(
            r#"{"M":{"a":{"L":[{"NULL":true},{"BOOL":true},{"S":"x"},{"N":"-1"},{"N":"2.5"},{"M":{}}]},"#,
            r#""b":{"N":"18446744073709551615"}}}"#,
        ),
    );
}

#[test]
fn has_floats_that_read_back_as_the_same() {
    assert_stored_as(json!(0.1), r#"{"N":"0.1"}"#);
    assert_stored_as(json!(1e22), r#"{"N":"10000000000000000000000"}"#);
    assert_stored_as(json!(-1.5e-100), r#"{"N":"-1.5E-100"}"#);
}

#[test]
fn has_floats_with_two_shortest_texts() {
    assert_reads_as(r#"{"N":"2.9802322387695312e-8"}"#, json!(2.9802322387695312e-8));
    assert_reads_as(r#"{"N":"2.9802322387695313e-8"}"#, json!(2.9802322387695312e-8));
}

#[test]
fn has_no_kind_of_number_that_dynamodb_does_not_have() {
    assert_eq!(crate::encoded(&json!(1.0)), r#"{"N":"1"}"#);
    assert_reads_as(r#"{"N":"1"}"#, json!(1));
}

#[test]
fn refuses_numbers_that_dynamodb_does_not_have() {
    assert_unwritable(
        json!([1e300]),
        "attribute `[0]`: number is out of range; the limits are 1E-130 and 9.99E+125",
    );
}

#[test]
fn refuses_numbers_that_json_would_round() {
    let message = "number has more digits than a JSON number holds; `Decimal` keeps them all";
    assert_unreadable::<Value>(r#"{"N":"0.12345678901234567890123456789"}"#, message);
    assert_unreadable::<Value>(r#"{"N":"18446744073709551617"}"#, message);
    assert_unreadable::<Value>(r#"{"N":"abc"}"#, "text is not a number");
}

#[test]
fn has_no_bytes_and_no_sets() {
    assert_unreadable::<Value>(r#"{"B":"AQ=="}"#, "expected a value that JSON has, found B (binary)");
    assert_unreadable::<Value>(
        r#"{"M":{"a":{"SS":["x"]}}}"#,
        "attribute `a`: expected a value that JSON has, found SS (string set)",
    );
}

#[test]
fn is_nested_at_most_as_deep_as_dynamodb_allows() {
    let nested = |levels| (0..levels).fold(json!(1), |value, _| json!([value]));

    assert!(codec::encode_value(&nested(32)).is_ok());
    let error = codec::encode_value(&nested(33)).unwrap_err();
    assert_eq!(error.reason(), "values are nested more than 32 levels deep");
}
