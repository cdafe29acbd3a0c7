use std::{
    collections::{BTreeMap, HashMap},
    rc::Rc,
    sync::Arc,
};

use bytes::Bytes;
use dynamorm_core::{Attribute, codec};

use crate::{assert_reads_as, assert_stored_as, assert_unreadable};

mod bytes_and_arrays_of_bytes {
    use super::*;

    #[test]
    fn are_b() {
        assert_stored_as(vec![1u8, 2, 3], r#"{"B":"AQID"}"#);
        assert_stored_as([1u8, 2, 3, 4], r#"{"B":"AQIDBA=="}"#);
        assert_stored_as(Bytes::from_static(b"\xff"), r#"{"B":"/w=="}"#);
        assert_stored_as(Vec::<u8>::new(), r#"{"B":""}"#);
    }

    #[test]
    fn have_to_be_base64_with_its_padding() {
        assert_unreadable::<Vec<u8>>(r#"{"B":"AQI"}"#, "B (binary) is not valid Base64");
        assert_unreadable::<Bytes>(r#"{"B":"%"}"#, "B (binary) is not valid Base64");
    }

    #[test]
    fn have_to_be_as_long_as_the_array() {
        assert_unreadable::<[u8; 2]>(r#"{"B":"AQID"}"#, "expected 2 elements, found 3");
    }

    #[test]
    fn are_not_a_list() {
        assert_unreadable::<Vec<u8>>(r#"{"L":[{"N":"1"}]}"#, "expected B (binary), found L (list)");
    }
}

mod lists {
    use super::*;

    #[test]
    fn are_l() {
        assert_stored_as(vec![1, 2], r#"{"L":[{"N":"1"},{"N":"2"}]}"#);
        assert_stored_as(Vec::<u16>::new(), r#"{"L":[]}"#);
        assert_stored_as(["a".to_owned(), "b".to_owned()], r#"{"L":[{"S":"a"},{"S":"b"}]}"#);
        assert_stored_as(vec![vec![1u8], vec![]], r#"{"L":[{"B":"AQ=="},{"B":""}]}"#);
    }

    #[test]
    fn hold_null_for_none() {
        assert_stored_as(vec![Some(1), None], r#"{"L":[{"N":"1"},{"NULL":true}]}"#);
    }

    #[test]
    fn have_to_be_as_long_as_the_array() {
        assert_unreadable::<[i32; 3]>(r#"{"L":[{"N":"1"},{"N":"2"}]}"#, "expected 3 elements, found 2");
    }
}

mod maps {
    use super::*;

    #[test]
    fn are_m() {
        let map = BTreeMap::from([("a".to_owned(), 1), ("b\"".to_owned(), 2)]);

        assert_stored_as(map, r#"{"M":{"a":{"N":"1"},"b\"":{"N":"2"}}}"#);
        assert_stored_as(HashMap::<String, bool>::new(), r#"{"M":{}}"#);
        assert_stored_as(HashMap::from([("a".to_owned(), true)]), r#"{"M":{"a":{"BOOL":true}}}"#);
    }

    #[test]
    fn keep_the_names_of_entries_without_a_value() {
        assert_stored_as(BTreeMap::from([("a".to_owned(), None::<i32>)]), r#"{"M":{"a":{"NULL":true}}}"#);
    }

    #[test]
    fn have_the_last_of_entries_with_one_name() {
        assert_reads_as(r#"{"M":{"a":{"N":"1"},"\u0061":{"N":"2"}}}"#, BTreeMap::from([("a".to_owned(), 2)]));
    }
}

mod options {
    use super::*;

    #[test]
    fn are_absent_without_a_value() {
        assert!(None::<String>.is_absent());
        assert!(!Some(String::new()).is_absent());
        assert_eq!(Option::<String>::absent(), Some(None));
        assert_eq!(codec::required(None::<Option<String>>, "a"), Ok(None));
    }

    #[test]
    fn are_read_from_null_and_from_values_of_every_type() {
        assert_stored_as(None::<i32>, r#"{"NULL":true}"#);
        assert_stored_as(Some(1), r#"{"N":"1"}"#);
        assert_stored_as(Some(true), r#"{"BOOL":true}"#);
        assert_stored_as(Some(vec![1u8]), r#"{"B":"AQ=="}"#);
        assert_stored_as(Some("a".to_owned()), r#"{"S":"a"}"#);
        assert_reads_as(r#" { "\u004eULL" : true } "#, None::<i32>);
        assert_reads_as(r#"{"\u004e":"1"}"#, Some(1));
        assert_reads_as(r#"{"N\u0055LL":true}"#, None::<i32>);
    }

    #[test]
    fn are_not_read_from_null_that_is_false() {
        assert_unreadable::<Option<i32>>(r#"{"NULL":false}"#, "NULL must be `true`");
    }
}

mod pointers {
    use super::*;

    #[test]
    fn are_what_they_point_to() {
        assert_stored_as(Box::new(1), r#"{"N":"1"}"#);
        assert_stored_as(Rc::new(1), r#"{"N":"1"}"#);
        assert_stored_as(Arc::new("a".to_owned()), r#"{"S":"a"}"#);
        assert!(Box::new(None::<i32>).is_absent());
        assert_eq!(Box::<Option<i32>>::absent(), Some(Box::new(None)));
    }
}

mod required {
    use super::*;

    #[test]
    fn names_the_missing_attribute() {
        let error = codec::required(None::<String>, "user_id").unwrap_err();

        assert_eq!(error.to_string(), "attribute `user_id`: missing attribute");
    }
}
