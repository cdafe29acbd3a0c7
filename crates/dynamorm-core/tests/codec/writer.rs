use dynamorm_core::codec::Writer;

fn written(write: impl FnOnce(&mut Writer)) -> String {
    let mut writer = Writer::new();
    write(&mut writer);
    String::from_utf8(writer.into_vec()).unwrap()
}

#[test]
fn puts_commas_between_members_alone() {
    let json = written(|writer| {
        writer.raw("{");
        writer.member("a\"b");
        writer.raw("[");
        writer.comma();
        writer.text("x");
        writer.comma();
        writer.raw("{");
        writer.comma();
        writer.raw("}]");
        writer.member("c");
        writer.boolean(true);
        writer.raw("}");
    });

    assert_eq!(json, r#"{"a\"b":["x",{}],"c":{"BOOL":true}}"#);
}

#[test]
fn joins_a_string_from_parts() {
    let json = written(|writer| {
        writer.raw("\"");
        writer.text_unquoted("a\"");
        writer.text_unquoted("#");
        writer.raw_bytes(b"b\"");
    });

    assert_eq!(json, r##""a\"#b""##);
}

#[test]
fn takes_back_what_was_written_last() {
    let mut writer = Writer::from_vec(b"[1".to_vec());
    let before = writer.len();

    writer.raw(",2");
    writer.truncate(before);

    assert_eq!(writer.as_bytes(), b"[1");
    assert!(!writer.is_empty());
}

#[test]
fn writes_numbers_as_text() {
    assert_eq!(written(|writer| writer.integer(-5i64)), r#"{"N":"-5"}"#);
    assert_eq!(written(|writer| writer.number("1.5")), r#"{"N":"1.5"}"#);
}
