//! The codec: which attribute value every type is, and what is refused.

use std::fmt::Debug;

use dynamorm_core::{Attribute, codec};

#[track_caller]
fn assert_stored_as<T: Attribute + Debug + PartialEq>(value: T, json: &str) {
    let written = codec::encode_value(&value).unwrap();
    let read: T = codec::decode_value(json.as_bytes()).unwrap();

    assert_eq!(String::from_utf8(written).unwrap(), json);
    assert_eq!(read, value);
}

#[track_caller]
fn assert_refused<T: Attribute + Debug>(json: &str, message: &str) {
    let error = codec::decode_value::<T>(json.as_bytes()).unwrap_err();

    assert_eq!(error.to_string(), message);
}

mod smoke {
    use super::*;
    use std::collections::*;
    #[test]
    fn works() {
        assert_stored_as("a\"b\n\u{1}é".to_string(), "{\"S\":\"a\\\"b\\n\\u0001é\"}");
        assert_stored_as(vec![1u8, 2, 3], "{\"B\":\"AQID\"}");
        assert_stored_as([1u8, 2, 3, 4], "{\"B\":\"AQIDBA==\"}");
        assert_stored_as(vec![Some(1u32), None], "{\"L\":[{\"N\":\"1\"},{\"NULL\":true}]}");
        assert_stored_as(BTreeSet::from([1, 2]), "{\"NS\":[\"1\",\"2\"]}");
        assert_stored_as(
            "2026-11-22T09:27:00.123456789Z".parse::<dynamorm_core::Timestamp>().unwrap(),
            "{\"S\":\"2026-11-22T09:27:00.123456789Z\"}",
        );
        assert_stored_as(1.5e100f64, "{\"N\":\"1.5e100\"}");
        assert_refused::<String>("{\"N\":\"1\"}", "expected S (string), found N (number)");
        assert_refused::<u8>("{\"N\":\"256\"}", "number is out of the range of u8");
        assert_refused::<u8>(
            "{\"N\":\"2.5\"}",
            "expected an integer (u8), found a number with decimals",
        );
    }
}
