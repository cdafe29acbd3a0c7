use super::{Format::Csv, report};
use crate::protocol::Code;

#[test]
fn is_grouped_and_summed_exactly() {
    let told =
        report(Csv, "id,region,amount\n1,north,0.1\n2,south,-5\n3,north,0.2\n4,north,1e2\n5,, 7 \n").unwrap();

    assert_eq!(told.groups(), [": 1, 7", "north: 3, 100.3", "south: 1, -5"]);
    assert_eq!((told.rows, told.sum.as_str()), (5, "102.3"));
    assert_eq!(told.unreadable_rows, 0);
}

#[test]
fn is_quoted_by_rfc_4180() {
    let told = report(
        Csv,
        "\"amount\",note,\"region\"\r\n\"1\",\"a, \"\"b\"\"\",\"north, \"\"far\"\"\"\r\n2,\"two\r\nlines\",\"\"\r\n3,,plain",
    )
    .unwrap();

    assert_eq!(told.groups(), [": 1, 2", "north, \"far\": 1, 1", "plain: 1, 3"]);
    assert_eq!(told.unreadable_rows, 0);
}

#[test]
fn may_begin_with_a_byte_order_mark() {
    let told = report(Csv, "\u{feff}region,amount\nnorth,1\n\u{feff}north,1\n").unwrap();

    assert_eq!(told.groups(), ["north: 1, 1", "\u{feff}north: 1, 1"]);
}

#[test]
fn may_end_its_lines_by_any_of_three() {
    for end in ["\n", "\r\n", "\r"] {
        let told = report(Csv, ["region,amount", "north,1", "", "north,2", ""].join(end)).unwrap();

        assert_eq!(told.groups(), ["north: 2, 3"], "{end:?}");
        assert_eq!(told.unreadable_rows, 0, "{end:?}");
    }
}

#[test]
fn with_a_header_alone_has_no_groups() {
    for content in ["region,amount", "region,amount\n", "\n\nregion,amount\r\n\r\n"] {
        let told = report(Csv, content).unwrap();

        assert_eq!((told.groups().len(), told.rows, told.sum.as_str()), (0, 0, "0"), "{content:?}");
    }
}

#[test]
fn without_the_columns_makes_no_report() {
    let huge_header = format!("region,amount,{}\nnorth,1,2\n", "x".repeat(2 << 20));
    let refused = [
        ("", "`source` is empty; a CSV file has a header"),
        ("\r\n\n", "`source` is empty; a CSV file has a header"),
        ("a,amount\n", "`group_by` names no column: the header of `source` has no column of that name"),
        ("region,Amount\n", "`sum` names no column: the header of `source` has no column of that name"),
        (
            "region,amount,region\n",
            "`group_by` names no column: the header of `source` has two columns of that name",
        ),
        (
            "region,\"amount\nnorth,1\n",
            "the header of `source` is unreadable: it has a quote without its other one",
        ),
        (
            huge_header.as_str(),
            "the header of `source` is unreadable: it is longer than 1048576 bytes or 16384 fields",
        ),
    ];
    for (content, message) in refused {
        let error = report(Csv, content).unwrap_err();

        assert_eq!(error.to_string(), message);
        assert_eq!((error.code(), error.is_retryable()), (Code::ValidationError, false));
    }
}

#[test]
fn says_which_rows_are_unreadable_and_shows_nothing_of_them() {
    let mut content = b"region,amount,note\n".to_vec();
    for row in [
        "north,1,fine",
        "north,secret",
        "north,1,2,secret",
        "north,secret,",
        "north,,",
        "north,123456789012345678901234567890123456789,",
        "",
        "north,1,\"two\nlines\"",
        "north,\"secret,\n",
        "\",1",
        "north,1,fine",
    ] {
        content.extend_from_slice(row.as_bytes());
        content.push(b'\n');
    }
    content.extend_from_slice(b"nor\xffth,1,\nnorth,1,\xc3\n\"\xc3\",1,\xa9\n,1e999,\n");

    let told = report(Csv, content).unwrap();

    assert_eq!(told.groups(), ["north: 3, 3"]);
    assert_eq!(
        told.unreadable(),
        [
            (3, "it has 2 fields; the header has 3"),
            (4, "it has 4 fields; the header has 3"),
            (5, "`amount` is no number"),
            (6, "`amount` is empty"),
            (7, "`amount` is a number that cannot be summed up: number has more than 38 significant digits"),
            (11, "`amount` is no number"),
            (15, "it is not UTF-8"),
            (16, "it is not UTF-8"),
            (17, "it is not UTF-8"),
            (
                18,
                "`amount` is a number that cannot be summed up: number is out of range; the limits are 1E-130 and 9.99E+125"
            ),
        ]
    );
}

#[test]
fn with_a_quote_that_is_never_closed_has_one_unreadable_row_there() {
    let rest = "south,2\n".repeat(500_000);

    let told = report(Csv, format!("region,amount\nnorth,1\n\"north,1\n{rest}")).unwrap();

    assert_eq!(told.groups(), ["north: 1, 1"]);
    assert_eq!(told.unreadable(), [(3, "it is longer than 1048576 bytes or 16384 fields")]);
    // Not too long, and with as many fields as the header.
    let told = report(Csv, "region,amount\nnorth,1\nnorth,\"12").unwrap();
    assert_eq!(told.unreadable(), [(3, "it has a quote without its other one")]);
}

#[test]
fn passes_over_a_row_that_is_too_long() {
    let many_fields = ",".repeat(20_000);
    let long_field = "x".repeat(3 << 20);

    let told = report(
        Csv,
        format!(
            "region,amount\nnorth,1\nnorth,{long_field}\nnorth{many_fields}\nnorth,2\nnorth,{long_field}"
        ),
    )
    .unwrap();

    assert_eq!(told.groups(), ["north: 2, 3"]);
    let reason = "it is longer than 1048576 bytes or 16384 fields";
    assert_eq!(told.unreadable(), [(3, reason), (4, reason), (6, reason)]);
}
