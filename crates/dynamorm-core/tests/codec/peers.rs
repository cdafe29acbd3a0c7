//! The codec against serde_json and serde_dynamo: what one writes the other reads, and both refuse the same.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Debug,
};

use dynamorm_core::{
    Attribute,
    codec::{self, DecodeError, EncodeError, Reader, Tag, Writer},
};
use proptest::{
    collection::{btree_map, hash_map, vec},
    option,
    prelude::*,
    sample::Index,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_dynamo::AttributeValue;
use serde_json::Value;

use crate::{
    round_trip::{floats, json_values},
    timestamp::timestamps,
};

/// Any attribute value, as serde_dynamo keeps it.
#[derive(Clone, Debug, PartialEq)]
struct Tree(AttributeValue);

impl Attribute for Tree {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        let texts = |writer: &mut Writer, tag: &str, texts: &[String]| {
            writer.raw(&format!("{{\"{tag}\":["));
            for text in texts {
                writer.comma();
                writer.text(text);
            }
            writer.raw("]}");
        };
        match &self.0 {
            AttributeValue::S(text) => writer.string(text),
            AttributeValue::N(digits) => writer.number(digits),
            AttributeValue::B(bytes) => writer.binary(bytes),
            AttributeValue::Bool(value) => writer.boolean(*value),
            AttributeValue::Null(_) => writer.null(),
            AttributeValue::Ss(members) => texts(writer, "SS", members),
            AttributeValue::Ns(members) => texts(writer, "NS", members),
            AttributeValue::Bs(members) => {
                let members: Vec<String> = members.iter().map(|bytes| base64(bytes)).collect();
                texts(writer, "BS", &members);
            }
            AttributeValue::L(values) => {
                writer.list(values, |writer, value| Self(value.clone()).encode(writer))?;
            }
            AttributeValue::M(entries) => {
                writer.open_map();
                for (name, value) in entries {
                    writer.member(name);
                    Self(value.clone()).encode(writer)?;
                }
                writer.close_map();
            }
        }
        Ok(())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let tag = reader.tag()?;
        let value = match tag {
            Tag::S => AttributeValue::S(reader.string()?.into_owned()),
            Tag::N => AttributeValue::N(reader.number()?.into_owned()),
            Tag::B => AttributeValue::B(reader.binary()?),
            Tag::Bool => AttributeValue::Bool(reader.boolean()?),
            Tag::Null => AttributeValue::Null(reader.null().map(|()| true)?),
            Tag::Ss | Tag::Ns | Tag::Bs => {
                let mut members = Vec::new();
                reader.set(tag, |text| {
                    members.push(text.into_owned());
                    Ok(())
                })?;
                match tag {
                    Tag::Ss => AttributeValue::Ss(members),
                    Tag::Ns => AttributeValue::Ns(members),
                    _ => {
                        AttributeValue::Bs(members.iter().map(|text| bytes(text)).collect::<Result<_, _>>()?)
                    }
                }
            }
            Tag::L => {
                let mut values = Vec::new();
                reader.list(|reader, _| {
                    values.push(Self::decode(reader)?.0);
                    Ok(())
                })?;
                AttributeValue::L(values)
            }
            Tag::M => {
                let mut entries = HashMap::new();
                reader.map(|reader, name| {
                    entries.insert(name.into_owned(), Self::decode(reader)?.0);
                    Ok(())
                })?;
                AttributeValue::M(entries)
            }
        };
        Ok(Self(value))
    }
}

fn base64(bytes: &[u8]) -> String {
    let mut writer = Writer::new();
    writer.binary(bytes);
    String::from_utf8_lossy(writer.as_bytes())
        .trim_start_matches("{\"B\":\"")
        .trim_end_matches("\"}")
        .to_owned()
}

fn bytes(base64: &str) -> Result<Vec<u8>, DecodeError> {
    let mut writer = Writer::new();
    writer.raw("{\"B\":");
    writer.text(base64);
    writer.raw("}");
    codec::decode_value(writer.as_bytes())
}

fn trees() -> impl Strategy<Value = AttributeValue> {
    let number = || floats().prop_map(|float| float.to_string());
    let bytes = || vec(any::<u8>(), 0..20);
    let scalars = prop_oneof![
        any::<String>().prop_map(AttributeValue::S),
        number().prop_map(AttributeValue::N),
        bytes().prop_map(AttributeValue::B),
        any::<bool>().prop_map(AttributeValue::Bool),
        Just(AttributeValue::Null(true)),
        vec(any::<String>(), 0..4).prop_map(AttributeValue::Ss),
        vec(number(), 0..4).prop_map(AttributeValue::Ns),
        vec(bytes(), 0..4).prop_map(AttributeValue::Bs),
    ];
    scalars.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(AttributeValue::L),
            hash_map(any::<String>(), inner, 0..4).prop_map(AttributeValue::M),
        ]
    })
}

/// A change of a few bytes, of those that mean something to JSON more often than not.
fn mutations() -> impl Strategy<Value = Vec<(Index, Option<u8>, bool)>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(&b"{}[]\",:\\ \nu0Ee-.truefalsnNULSM"[..])];
    vec((any::<Index>(), option::of(byte), any::<bool>()), 0..4)
}

fn mutate(json: &mut Vec<u8>, mutations: &[(Index, Option<u8>, bool)]) {
    for (index, byte, is_inserted) in mutations {
        let at = index.index(json.len() + 1);
        match byte {
            Some(byte) if *is_inserted || at == json.len() => json.insert(at, *byte),
            Some(byte) => json[at] = *byte,
            None if *is_inserted => json.truncate(at.max(1)),
            None => drop(json.splice(at..json.len().min(at + 1), [])),
        }
    }
}

/// The same value laid out with white space, as other engines than DynamoDB send it.
fn pretty(json: &[u8]) -> Vec<u8> {
    serde_json::from_slice::<Value>(json)
        .and_then(|value| serde_json::to_vec_pretty(&value))
        .unwrap_or_default()
}

fn has_false_null(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::Null(value) => !value,
        AttributeValue::L(values) => values.iter().any(has_false_null),
        AttributeValue::M(entries) => entries.values().any(has_false_null),
        _ => false,
    }
}

/// What serde_json makes of it: a tree, or nothing if it is not one. DynamoDB has no NULL that is false.
fn by_serde_json(json: &[u8]) -> Option<AttributeValue> {
    serde_json::from_slice(json).ok().filter(|value| !has_false_null(value))
}

fn by_codec(json: &[u8]) -> Option<AttributeValue> {
    codec::decode_value::<Tree>(json).ok().map(|tree| tree.0)
}

mod serde_json_tree {
    use super::*;

    proptest! {
        #[test]
        fn is_read_alike(tree in trees()) {
            let json = serde_json::to_vec(&tree).unwrap();

            prop_assert_eq!(by_codec(&pretty(&json)), Some(tree.clone()));
            prop_assert_eq!(by_codec(&json), Some(tree));
        }

        #[test]
        fn is_written_alike(tree in trees()) {
            let json = codec::encode_value(&Tree(tree.clone())).unwrap();

            prop_assert_eq!(by_serde_json(&json), Some(tree));
        }

        #[test]
        fn is_refused_alike(tree in trees(), is_pretty: bool, mutations in mutations()) {
            let mut json = serde_json::to_vec(&tree).unwrap();
            if is_pretty {
                json = pretty(&json);
            }
            mutate(&mut json, &mutations);

            prop_assert_eq!(by_codec(&json), by_serde_json(&json), "{}", String::from_utf8_lossy(&json));
        }

        #[test]
        fn is_skipped_alike(value in json_values(), mutations in mutations()) {
            let mut json = serde_json::to_vec(&value).unwrap();
            mutate(&mut json, &mutations);
            let skipped = Reader::new(&json).and_then(|mut reader| {
                reader.skip()?;
                reader.finish()
            });
            let expected = serde_json::from_slice::<Value>(&json);

            // A number that no `f64` holds is JSON nevertheless.
            let is_too_great = expected.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
            prop_assert!(skipped.is_ok() == expected.is_ok() || is_too_great, "{}", String::from_utf8_lossy(&json));
        }

        #[test]
        fn is_made_of_no_bytes_that_panic(json in vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(by_codec(&json), by_serde_json(&json));
        }

        #[test]
        fn is_made_of_no_tokens_that_panic(tokens in vec(tokens(), 0..20)) {
            let json = tokens.concat();

            prop_assert_eq!(by_codec(json.as_bytes()), by_serde_json(json.as_bytes()), "{}", json);
        }
    }

    fn tokens() -> impl Strategy<Value = &'static str> {
        proptest::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            " ",
            "\"S\"",
            "\"N\"",
            "\"L\"",
            "\"M\"",
            "\"NULL\"",
            "\"SS\"",
            "\"\\ud800",
            "\"",
            "\\",
            "true",
            "false",
            "null",
            "1",
            "{\"S\":\"",
            "{\"L\":[",
            "{\"M\":{\"a\":",
            "\"}",
            "]}",
            "}}",
        ])
    }
}

mod serde_dynamo_types {
    use super::*;

    /// That each reads what the other writes as the same value.
    fn agree<T>(value: &T) -> Result<(), TestCaseError>
    where
        T: Attribute + Serialize + DeserializeOwned + Debug + PartialEq,
    {
        let ours = codec::encode_value(value).unwrap();
        let theirs: AttributeValue = serde_dynamo::to_attribute_value(value).unwrap();

        let read_by_them: T = serde_dynamo::from_attribute_value(by_serde_json(&ours).unwrap()).unwrap();
        let read_by_us: T = codec::decode_value(&serde_json::to_vec(&theirs).unwrap()).unwrap();
        prop_assert_eq!(&read_by_them, value);
        prop_assert_eq!(&read_by_us, value);
        Ok(())
    }

    macro_rules! agreements {
        ($($name:ident($values:expr);)+) => {
            proptest! {
                $(
                    #[test]
                    fn $name(value in $values) {
                        agree(&value)?;
                    }
                )+
            }
        };
    }

    agreements! {
        agree_on_text(any::<String>());
        agree_on_chars(any::<char>());
        agree_on_signed_integers(any::<i64>());
        agree_on_unsigned_integers(any::<u64>());
        agree_on_small_integers(any::<i8>());
        agree_on_floats(floats());
        agree_on_booleans(any::<bool>());
        agree_on_options(option::of(any::<u32>()));
        agree_on_lists(vec(option::of(any::<String>()), 0..5));
        agree_on_maps(btree_map(any::<String>(), vec(any::<u16>(), 0..3), 0..5));
        agree_on_maps_of_options(btree_map(any::<String>(), option::of(any::<bool>()), 0..5));
        agree_on_json(json_values());
        agree_on_timestamps(timestamps());
    }

    #[cfg(feature = "serde")]
    agreements! {
        agree_on_bytes(vec(any::<u8>(), 0..50).prop_map(bytes::Bytes::from));
    }

    #[test]
    fn agree_on_sets() {
        let ours =
            codec::encode_value(&std::collections::BTreeSet::from(["a".to_owned(), "b".to_owned()])).unwrap();
        let theirs: AttributeValue =
            serde_dynamo::to_attribute_value(serde_dynamo::string_set::StringSet(["a", "b"])).unwrap();

        assert_eq!(by_serde_json(&ours), Some(theirs));
    }

    #[test]
    fn agree_on_the_last_of_several_entries_with_one_name() {
        let json = br#"{"M":{"a":{"N":"1"},"a":{"N":"2"}}}"#;

        let ours: BTreeMap<String, i32> = codec::decode_value(json).unwrap();
        let theirs: BTreeMap<String, i32> =
            serde_dynamo::from_attribute_value(by_serde_json(json).unwrap()).unwrap();

        assert_eq!(ours, theirs);
    }
}
