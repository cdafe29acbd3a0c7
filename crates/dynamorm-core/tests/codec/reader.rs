use std::borrow::Cow;

use dynamorm_core::codec::{DecodeError, Reader, Tag};

#[track_caller]
fn error_of<T: std::fmt::Debug>(
    json: &str,
    read: impl Fn(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> String {
    let mut reader = Reader::from_text(json);
    match read(&mut reader).and_then(|_| reader.finish()) {
        Ok(()) => panic!("{json} was read"),
        Err(error) => error.to_string(),
    }
}

mod tag {
    use super::*;

    #[test]
    fn is_told_without_reading_the_value() {
        let tags = [
            ("S", Tag::S),
            ("N", Tag::N),
            ("B", Tag::B),
            ("BOOL", Tag::Bool),
            ("NULL", Tag::Null),
            ("L", Tag::L),
            ("M", Tag::M),
            ("SS", Tag::Ss),
            ("NS", Tag::Ns),
            ("BS", Tag::Bs),
        ];
        for (name, tag) in tags {
            for json in [format!("{{\"{name}\":"), format!(" {{\n\"{name}\" :")] {
                let reader = Reader::from_text(&json);

                assert_eq!(reader.tag(), Ok(tag));
                assert_eq!(reader.position(), 0);
            }
        }
    }

    #[test]
    fn has_to_be_one_that_dynamodb_has() {
        let message = "expected an attribute value, found an object of no known type";
        assert_eq!(error_of(r#"{"s":"a"}"#, |reader| reader.tag()), message);
        assert_eq!(error_of(r#"{"":1}"#, |reader| reader.tag()), message);
        assert_eq!(error_of("{}", |reader| reader.tag()), "invalid JSON: expected a string at byte 1");
        assert_eq!(
            error_of("1", |reader| reader.tag()),
            "invalid JSON: expected an attribute value at byte 0"
        );
        assert_eq!(
            error_of("", |reader| reader.tag()),
            "invalid JSON: expected an attribute value at byte 0"
        );
    }
}

mod attribute_value {
    use super::*;

    #[test]
    fn has_one_member() {
        assert_eq!(
            error_of(r#"{"S":"a","N":"1"}"#, |reader| reader.string().map(drop)),
            "invalid JSON: expected the `}` of an attribute value at byte 8",
        );
    }

    #[test]
    fn may_stand_among_white_space_and_escapes() {
        let mut reader = Reader::from_text(" {\t\"\\u0053\" :\r\n\"a\" } ");

        assert_eq!(reader.string(), Ok(Cow::Borrowed("a")));
        assert_eq!(reader.finish(), Ok(()));
    }
}

mod text {
    use super::*;

    #[test]
    fn is_borrowed_unless_it_holds_an_escape() {
        let mut plain = Reader::from_text(r#""long enough""#);
        let mut escaped = Reader::from_text(r#""a\n""#);

        assert!(matches!(plain.text(), Ok(Cow::Borrowed("long enough"))));
        assert!(matches!(escaped.text(), Ok(Cow::Owned(text)) if text == "a\n"));
    }
}

mod json_number {
    use super::*;

    #[test]
    fn is_read_as_it_stands() {
        for number in ["0", "-0", "12", "1.5", "-1.25e+10", "1E5", "0.0e-0"] {
            let mut reader = Reader::from_text(number);

            assert_eq!(reader.json_number(), Ok(number));
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn follows_the_grammar_of_json() {
        for number in ["", "-", "+1", "01", "-01", ".5", "1.", "1.e5", "1e", "1e+", "NaN", "1x"] {
            let error = error_of(number, |reader| reader.json_number().map(drop));

            assert!(error.starts_with("invalid JSON: expected"), "{number}: {error}");
        }
    }
}

mod raw {
    use super::*;

    #[test]
    fn is_the_text_of_any_value() {
        for value in
            [r#"{"a":[1,{"b":null}],"c":"\"}"}"#, "[ ]", "{ }", "true", "false", "null", "-1.5", r#""x""#]
        {
            let json = format!(" {value} ");
            let mut reader = Reader::from_text(&json);

            assert_eq!(reader.raw(), Ok(value));
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[test]
    fn is_not_what_is_no_json() {
        for text in [
            "",
            "nul",
            "tru",
            "[1",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "'a'",
            "\"\\ud800\"",
            "]",
            "[}",
            "{]",
        ] {
            let mut reader = Reader::from_text(text);

            assert!(reader.raw().is_err(), "{text}");
        }
    }
}

mod depth {
    use super::*;

    const LIMIT: usize = 128;

    #[test]
    fn is_limited_for_arrays_and_objects() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let mut deepest = Reader::from_text(&nested(LIMIT)).raw().map(str::len);

        assert_eq!(deepest, Ok(2 * LIMIT));
        deepest = Reader::from_text(&nested(LIMIT + 1)).raw().map(str::len);
        assert_eq!(deepest.unwrap_err().to_string(), "JSON is nested more than 128 levels deep");
        assert!(Reader::from_text(&r#"{"a":"#.repeat(1_000_000)).skip().is_err());
    }

    #[test]
    fn is_limited_for_values_that_hold_themselves() {
        fn read(reader: &mut Reader<'_>) -> Result<(), DecodeError> {
            reader.list(|reader, _| read(reader))
        }
        let json = r#"{"L":["#.repeat(1_000_000);

        let error = read(&mut Reader::from_text(&json)).unwrap_err();

        assert_eq!(error.reason(), "JSON is nested more than 128 levels deep");
    }

    #[test]
    fn holds_what_dynamodb_nests() {
        fn read(reader: &mut Reader<'_>) -> Result<(), DecodeError> {
            match reader.tag()? {
                Tag::L => reader.list(|reader, _| read(reader)),
                _ => reader.null(),
            }
        }
        let json = format!("{}{}{}", r#"{"L":["#.repeat(32), r#"{"NULL":true}"#, "]}".repeat(32));

        assert_eq!(read(&mut Reader::from_text(&json)), Ok(()));
    }

    #[test]
    fn counts_what_is_open_and_not_what_was() {
        let json = format!("[{}[]]", "[],".repeat(1000));

        assert!(Reader::from_text(&json).raw().is_ok());
    }
}

mod finish {
    use super::*;

    #[test]
    fn refuses_what_follows() {
        assert_eq!(
            error_of("1 2", |reader| reader.json_number().map(drop)),
            "invalid JSON: expected the end of the JSON text at byte 2",
        );
    }
}
