//! Where the derives may stand, and among which names.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use dynamorm::prelude::*;
use dynamorm_core::{
    codec::{Writer, encode_value},
    model::WriteContext,
};

fn item<M: dynamorm::Model>(model: &M) -> serde_json::Value {
    let mut writer = Writer::new();
    model.encode_item(&mut writer, &WriteContext { now: Timestamp::UNIX_EPOCH }).unwrap();
    serde_json::from_slice(writer.as_bytes()).unwrap()
}

#[test]
fn may_be_a_function() {
    #[derive(Clone, Debug, Model)]
    #[dynamorm(table = "words", key(partition = text), index(name = "kind-index", partition = kind))]
    struct Word {
        text: String,
        kind: Kind,
    }

    #[derive(Clone, Debug, Attribute)]
    enum Kind {
        Noun,
    }

    let item = item(&Word { text: "word".to_owned(), kind: Kind::Noun });

    assert_eq!(item, serde_json::json!({"text": {"S": "word"}, "kind": {"S": "Noun"}}));
    let _ = (Word::by_kind(Kind::Noun), Word::fields().kind.eq(Kind::Noun));
}

/// A module whose own names are those of the prelude, and whose fields are called as the generated code's variables.
#[allow(dead_code, non_camel_case_types)]
mod with_names_of_its_own {
    struct Option;
    struct Some;
    struct None;
    struct Result;
    struct Ok;
    struct Err;
    struct String;
    struct Vec;
    struct Default;
    struct Clone;
    struct Into;
    struct Attribute;
    struct Model;
    struct str_;

    #[derive(dynamorm::Model)]
    #[dynamorm(
            table = "shadows",
            key(partition = "{text}#{writer}", sort = "{reader}"),
            index(name = "name-index", partition("{name}#{value}", attribute = "name_pk"), sort = context),
        )]
    pub(super) struct Shadow {
        pub text: u8,
        pub writer: u8,
        pub reader: u8,
        pub name: u8,
        pub value: u8,
        pub context: u8,
        pub r#type: u8,
    }

    #[derive(dynamorm::Attribute)]
    pub(super) enum Shape {
        Plain,
        Full { writer: u8, reader: u8, value: u8 },
    }

    #[derive(dynamorm::Collection)]
    pub(super) enum Shadows {
        Some(Shadowed),
        #[dynamorm(raw)]
        None(dynamorm::RawItem),
    }

    #[derive(dynamorm::Model)]
    #[dynamorm(table = "shadows", key(partition = "{item}", sort = "S#{reader}"))]
    pub(super) struct Shadowed {
        pub item: u8,
        pub reader: u8,
    }
}

#[test]
fn may_have_any_names() {
    use with_names_of_its_own::{Shadow, Shadowed, Shadows, Shape};

    let shadow = Shadow { text: 1, writer: 2, reader: 3, name: 4, value: 5, context: 6, r#type: 7 };

    let item = item(&shadow);

    assert_eq!(item["pk"], serde_json::json!({"S": "001#002"}));
    assert_eq!(item["name_pk"], serde_json::json!({"S": "004#005"}));
    assert_eq!(item["type"], serde_json::json!({"N": "7"}));
    assert!(encode_value(&Shape::Full { writer: 1, reader: 2, value: 3 }).is_ok());
    let _ = Shadows::in_partition(Shadowed::partition(1));
    let _ =
        (Shadow::key(1, 2, 3), Shadow::by_name(4, 5).context().ge(6), Shadow::fields().r#type, Shape::Plain);
}
