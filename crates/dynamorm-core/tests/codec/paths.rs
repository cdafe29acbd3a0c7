use std::collections::BTreeMap;

use dynamorm_core::{
    Attribute,
    codec::{self, DecodeError, EncodeError, Reader, Writer},
};

use crate::{assert_unreadable, assert_unwritable};

/// What a derive writes for a struct of two fields.
#[derive(Debug, PartialEq)]
struct Address {
    lines: Vec<String>,
    numbers: Vec<f64>,
}

impl Attribute for Address {
    fn encode(&self, writer: &mut Writer) -> Result<(), EncodeError> {
        writer.open_map();
        writer.member("lines");
        self.lines.encode(writer).map_err(|error| error.in_attribute("lines"))?;
        writer.member("numbers");
        self.numbers.encode(writer).map_err(|error| error.in_attribute("numbers"))?;
        writer.close_map();
        Ok(())
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (mut lines, mut numbers) = (None, None);
        reader.map(|reader, name| {
            match &*name {
                "lines" => lines = Some(Attribute::decode(reader)?),
                "numbers" => numbers = Some(Attribute::decode(reader)?),
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        Ok(Self { lines: codec::required(lines, "lines")?, numbers: codec::required(numbers, "numbers")? })
    }
}

type User = BTreeMap<String, Address>;

#[test]
fn lead_to_the_value_that_cannot_be_read() {
    assert_unreadable::<User>(
        r#"{"M":{"address":{"M":{"lines":{"L":[{"S":"a"},{"S":"b"},{"N":"3"}]}}}}}"#,
        "attribute `address.lines[2]`: expected S (string), found N (number)",
    );
}

#[test]
fn lead_to_the_attribute_that_is_missing() {
    assert_unreadable::<User>(
        r#"{"M":{"address":{"M":{"lines":{"L":[]},"other":{"X":[{}]}}}}}"#,
        "attribute `address.numbers`: missing attribute",
    );
}

#[test]
fn lead_to_the_value_that_cannot_be_written() {
    let address = Address { lines: vec![], numbers: vec![0.5, f64::NAN] };

    assert_unwritable(
        BTreeMap::from([("home".to_owned(), address)]),
        "attribute `home.numbers[1]`: float is not finite; DynamoDB has no infinities and no NaN",
    );
}

#[test]
fn have_names_without_their_escapes() {
    assert_unreadable::<BTreeMap<String, i32>>(
        r#"{"M":{"a\u0062":{"S":"x"}}}"#,
        "attribute `ab`: expected N (number), found S (string)",
    );
}

#[test]
fn lead_through_a_whole_item() {
    let mut reader = Reader::from_text(r#"{"id":{"N":"1"},"tags":{"SS":["a",1]}}"#);

    let error = reader
        .item(|reader, name| match &*name {
            "id" => reader.number().map(drop),
            _ => reader.set(codec::Tag::Ss, |_| Ok(())),
        })
        .unwrap_err();

    assert_eq!(error.to_string(), "attribute `tags`: invalid JSON: expected a string at byte 34");
}

#[test]
fn never_show_what_the_item_holds() {
    let reader = Reader::from_text(r#"{"S":"secret"}"#);
    let writer = Writer::from_vec(b"secret".to_vec());

    assert_eq!(format!("{reader:?}"), "Reader { position: 0, .. }");
    assert_eq!(format!("{writer:?}"), "Writer { len: 6, .. }");
}
