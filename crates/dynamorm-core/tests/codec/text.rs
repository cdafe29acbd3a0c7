use std::{borrow::Cow, sync::Arc};

use crate::{assert_reads_as, assert_stored_as, assert_unreadable};

#[test]
fn is_s() {
    assert_stored_as("hello".to_owned(), r#"{"S":"hello"}"#);
    assert_stored_as(String::new(), r#"{"S":""}"#);
    assert_stored_as(Arc::<str>::from("é 漢 😀"), r#"{"S":"é 漢 😀"}"#);
    assert_stored_as(Box::<str>::from("a"), r#"{"S":"a"}"#);
    assert_stored_as(Cow::Borrowed("a"), r#"{"S":"a"}"#);
    assert_stored_as('é', r#"{"S":"é"}"#);
}

#[test]
fn escapes_quotes_backslashes_and_control_characters() {
    assert_stored_as("\"\\/".to_owned(), r#"{"S":"\"\\/"}"#);
    assert_stored_as("\n\r\t\u{8}\u{c}".to_owned(), r#"{"S":"\n\r\t\b\f"}"#);
    assert_stored_as("\0\u{1f}\u{7f}".to_owned(), "{\"S\":\"\\u0000\\u001f\u{7f}\"}");
    assert_stored_as("long enough\nfor a word".to_owned(), r#"{"S":"long enough\nfor a word"}"#);
}

#[test]
fn reads_every_escape_of_json() {
    assert_reads_as(r#"{"S":"\"\\\/\b\f\n\r\t\u0041\u00e9"}"#, "\"\\/\u{8}\u{c}\n\r\tAé".to_owned());
    assert_reads_as(r#"{"S":"\ud83d\ude00\uD83D\uDE00"}"#, "😀😀".to_owned());
}

#[test]
fn refuses_half_of_a_surrogate_pair() {
    let message = |at| format!("invalid JSON: half of a surrogate pair in a string at byte {at}");
    assert_unreadable::<String>(r#"{"S":"\ud83d"}"#, &message(6));
    assert_unreadable::<String>(r#"{"S":"a\ude00"}"#, &message(7));
    assert_unreadable::<String>(r#"{"S":"\ud83d\u0041"}"#, &message(6));
    assert_unreadable::<String>(r#"{"S":"\ud83d\n"}"#, &message(6));
}

#[test]
fn refuses_escapes_that_json_does_not_have() {
    assert_unreadable::<String>(r#"{"S":"\x41"}"#, "invalid JSON: unknown escape in a string at byte 6");
    assert_unreadable::<String>(r#"{"S":"\u00g0"}"#, "invalid JSON: invalid escape in a string at byte 6");
    assert_unreadable::<String>(r#"{"S":"\u00"#, "invalid JSON: incomplete escape in a string at byte 6");
    assert_unreadable::<String>(r#"{"S":"\"#, "invalid JSON: unknown escape in a string at byte 6");
}

#[test]
fn refuses_unescaped_control_characters() {
    assert_unreadable::<String>(
        "{\"S\":\"a\nb\"}",
        "invalid JSON: unescaped control character in a string at byte 7",
    );
    assert_unreadable::<String>(
        "{\"S\":\"\\n\0\"}",
        "invalid JSON: unescaped control character in a string at byte 8",
    );
}

#[test]
fn refuses_a_string_without_an_end() {
    assert_unreadable::<String>(r#"{"S":"abc"#, "invalid JSON: unterminated string at byte 9");
}

#[test]
fn refuses_what_is_not_utf_8() {
    let error = dynamorm_core::codec::decode_value::<String>(b"{\"S\":\"\xff\"}").unwrap_err();

    assert_eq!(error.to_string(), "invalid JSON: invalid UTF-8 at byte 6");
}

#[test]
fn of_several_characters_is_no_char() {
    assert_unreadable::<char>(r#"{"S":"ab"}"#, "expected one character");
    assert_unreadable::<char>(r#"{"S":""}"#, "expected one character");
}

#[cfg(feature = "uuid")]
mod uuid {
    use uuid::Uuid;

    use crate::{assert_reads_as, assert_stored_as, assert_unreadable};

    const ID: Uuid = Uuid::from_u128(0x67e5_5044_10b1_426f_9247_bb68_0e5f_e0c8);

    #[test]
    fn is_hyphenated_s() {
        assert_stored_as(ID, r#"{"S":"67e55044-10b1-426f-9247-bb680e5fe0c8"}"#);
    }

    #[test]
    fn is_read_in_any_form() {
        assert_reads_as(r#"{"S":"67E5504410B1426F9247BB680E5FE0C8"}"#, ID);
    }

    #[test]
    fn is_not_any_text() {
        assert_unreadable::<Uuid>(r#"{"S":"67e55044"}"#, "text is not a UUID");
    }
}
