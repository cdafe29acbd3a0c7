use super::{Format::JsonLines, report};

#[test]
fn are_grouped_and_summed_exactly() {
    let told = report(
        JsonLines,
        r#"{"region":"north","amount":0.1}
{"amount":0.2,"id":7,"region":"north"}
{"region":"s\u00fcd \"2\"","amount":-12345678901234567890.5}
{"region":"","amount":1e2}
"#,
    )
    .unwrap();

    assert_eq!(told.groups(), [": 1, 100", "north: 2, 0.3", "süd \"2\": 1, -12345678901234567890.5"]);
    assert_eq!((told.rows, told.sum.as_str()), (4, "-12345678901234567790.2"));
    assert_eq!(told.unreadable_rows, 0);
}

#[test]
fn may_be_grouped_by_numbers_and_booleans() {
    let told = report(
        JsonLines,
        r#"{"region":1,"amount":1}
{"region":"1","amount":2}
{"region":1.0,"amount":4}
{"region":true,"amount":8}
{"region":false,"amount":16}"#,
    )
    .unwrap();

    assert_eq!(told.groups(), ["1: 2, 3", "1.0: 1, 4", "false: 1, 16", "true: 1, 8"]);
}

#[test]
fn may_be_ended_by_crlf_and_begin_with_a_byte_order_mark() {
    let told = report(
        JsonLines,
        "\u{feff}{\"region\":\"north\",\"amount\":1}\r\n\r\n \t\n{\"region\":\"north\",\"amount\":2}",
    )
    .unwrap();

    assert_eq!(told.groups(), ["north: 2, 3"]);
    assert_eq!(told.unreadable_rows, 0);
}

#[test]
fn that_are_none_make_an_empty_report() {
    for content in ["", "\n", "\u{feff}"] {
        let told = report(JsonLines, content).unwrap();

        assert_eq!((told.groups().len(), told.rows, told.sum.as_str()), (0, 0, "0"), "{content:?}");
        assert_eq!(told.unreadable_rows, 0);
    }
}

#[test]
fn hold_other_members_of_any_depth() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));

    let told = report(JsonLines, format!(r#"{{"deep":{deep},"region":"north","amount":1}}"#)).unwrap();

    assert_eq!(told.groups(), ["north: 1, 1"]);
}

#[test]
fn say_which_rows_are_unreadable_and_show_nothing_of_them() {
    let lines: [(&[u8], &str); 15] = [
        (b"secret", "it is no JSON object"),
        (br#"["secret",1]"#, "it is no JSON object"),
        (br#""secret""#, "it is no JSON object"),
        (br#"{"region":"secret","amount":1"#, "it is no JSON object"),
        (br#"{"region":"secret","amount":1} 2"#, "it is no JSON object"),
        (br#"{"region":"secret","amount":01}"#, "it is no JSON object"),
        (b"{\"region\":\"\xff\",\"amount\":1}", "it is not UTF-8"),
        (br#"{"amount":1}"#, "`region` is missing"),
        (br#"{"region":"secret"}"#, "`amount` is missing"),
        (br#"{"region":null,"amount":1}"#, "`region` is no text, number or boolean"),
        (br#"{"region":{"secret":1},"amount":1}"#, "`region` is no text, number or boolean"),
        (br#"{"region":"\ud800","amount":1}"#, "`region` is no valid Unicode"),
        (br#"{"region":"secret","amount":"1"}"#, "`amount` is no number"),
        (br#"{"region":"secret","amount":null}"#, "`amount` is no number"),
        (
            br#"{"region":"secret","amount":0.123456789012345678901234567890123456789}"#,
            "`amount` is a number that cannot be summed up: number has more than 38 significant digits",
        ),
    ];
    for (line, reason) in lines {
        let good: &[u8] = br#"{"region":"north","amount":1}"#;

        let told = report(JsonLines, [good, line, good].join(&b"\n"[..])).unwrap();

        assert_eq!(told.unreadable(), [(2, reason)], "{}", String::from_utf8_lossy(line));
        assert_eq!(told.groups(), ["north: 2, 2"]);
    }
}

#[test]
fn pass_over_a_line_that_is_too_long() {
    let good = r#"{"region":"north","amount":1}"#;
    let fits = format!(r#"{{"x":"{}","region":"north","amount":2}}"#, "x".repeat((1 << 20) - 36));
    let long = format!(r#"{{"x":"{}","region":"north","amount":2}}"#, "x".repeat((1 << 20) - 35));
    let longer = format!(r#"{{"x":"{}","region":"north","amount":2}}"#, "x".repeat(3 << 20));
    assert_eq!((fits.len(), long.len()), (1 << 20, (1 << 20) + 1));

    let told = report(JsonLines, [good, &fits, &long, good, &longer, good, &longer].join("\n")).unwrap();

    assert_eq!(told.groups(), ["north: 4, 5"]);
    let reason = "it is longer than 1048576 bytes";
    assert_eq!(told.unreadable(), [(3, reason), (5, reason), (7, reason)]);
}
