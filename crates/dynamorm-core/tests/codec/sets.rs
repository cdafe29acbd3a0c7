use std::collections::{BTreeSet, HashSet};

use bytes::Bytes;
use dynamorm_core::{Attribute, codec::Decimal};

use crate::{assert_reads_as, assert_stored_as, assert_unreadable, assert_unwritable};

#[test]
fn of_text_are_ss() {
    assert_stored_as(BTreeSet::from(["a".to_owned(), "b\"".to_owned()]), r#"{"SS":["a","b\""]}"#);
    assert_stored_as(HashSet::from(['x']), r#"{"SS":["x"]}"#);
}

#[test]
fn of_numbers_are_ns() {
    assert_stored_as(BTreeSet::from([-1, 2]), r#"{"NS":["-1","2"]}"#);
    assert_stored_as(BTreeSet::from([Decimal::from(10)]), r#"{"NS":["10"]}"#);
    assert_stored_as(BTreeSet::from([7u8]), r#"{"NS":["7"]}"#);
    assert_reads_as(r#"{"NS":["1E+2","3.0"]}"#, BTreeSet::from([3, 100]));
}

#[test]
fn of_bytes_are_bs() {
    assert_stored_as(BTreeSet::from([vec![1u8], vec![2, 3]]), r#"{"BS":["AQ==","AgM="]}"#);
    assert_stored_as(HashSet::from([Bytes::from_static(b"a")]), r#"{"BS":["YQ=="]}"#);
    assert_stored_as(BTreeSet::from([[1u8, 2]]), r#"{"BS":["AQI="]}"#);
}

#[test]
fn without_elements_are_absent() {
    assert!(BTreeSet::<String>::new().is_absent());
    assert!(Some(HashSet::<i32>::new()).is_absent());
    assert_eq!(BTreeSet::<String>::absent(), Some(BTreeSet::new()));
}

#[test]
fn without_elements_are_null_where_they_cannot_be_absent() {
    assert_stored_as(vec![BTreeSet::new(), BTreeSet::from([1])], r#"{"L":[{"NULL":true},{"NS":["1"]}]}"#);
    assert_reads_as(r#"{"NS":[]}"#, BTreeSet::<i32>::new());
}

#[test]
fn are_not_lists_or_sets_of_another_type() {
    assert_unreadable::<BTreeSet<i32>>(r#"{"L":[]}"#, "expected NS (number set), found L (list)");
    assert_unreadable::<BTreeSet<i32>>(r#"{"SS":["1"]}"#, "expected NS (number set), found SS (string set)");
}

#[test]
fn name_the_element_that_is_wrong() {
    assert_unreadable::<BTreeSet<u8>>(
        r#"{"NS":["1","256"]}"#,
        "attribute `[1]`: number is out of the range of u8",
    );
    assert_unreadable::<BTreeSet<[u8; 1]>>(
        r#"{"BS":["AQID"]}"#,
        "attribute `[0]`: expected 1 elements, found 3",
    );
    assert_unwritable(
        BTreeSet::from([1, i128::MAX]),
        "attribute `[1]`: number has more than 38 significant digits",
    );
}
