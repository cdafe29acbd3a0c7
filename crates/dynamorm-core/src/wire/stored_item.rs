use std::collections::BTreeSet;

use bytes::Bytes;
use serde_json::Value;

use crate::codec::{Decimal, Reader};

/// The stored item in the error of a failed condition, where the request asked for it and there is one.
///
/// An error whose body cannot be read counts as one without an item: the failure itself is certain.
pub fn stored_item(error_body: &Bytes) -> Option<Bytes> {
    let mut item = None;
    let mut reader = Reader::new(error_body).ok()?;
    reader
        .object(|reader, member| {
            if member == "Item" {
                item = Some(Bytes::copy_from_slice(reader.raw()?.as_bytes()));
                Ok(())
            } else {
                reader.skip()
            }
        })
        .ok()?;
    // An absent item is answered as `{}` by some engines.
    item.filter(|item| item.len() > 2)
}

/// Whether two encoded items hold the same attributes: numbers by value, sets without order.
///
/// Not fast: it decides whether a refused `create` met its own earlier attempt.
pub fn is_same_item(left: &[u8], right: &[u8]) -> bool {
    let parse = |json: &[u8]| serde_json::from_slice::<Value>(json).ok().map(canonical_map);
    match (parse(left), parse(right)) {
        (Some(left), Some(right)) => left == right,
        _ => false,
    }
}

/// The attribute values of an object of attributes, made canonical.
fn canonical_map(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, canonical_value(value))).collect()
        }
        other => other,
    }
}

fn canonical_value(value: Value) -> Value {
    let Value::Object(tagged) = value else { return value };
    tagged
        .into_iter()
        .map(|(tag, content)| {
            let content = match (tag.as_str(), content) {
                ("N", Value::String(digits)) => Value::String(canonical_number(&digits)),
                ("NS", Value::Array(members)) => {
                    sorted(members.iter().filter_map(Value::as_str).map(canonical_number))
                }
                ("SS" | "BS", Value::Array(members)) => {
                    sorted(members.iter().filter_map(Value::as_str).map(str::to_owned))
                }
                ("L", Value::Array(elements)) => elements.into_iter().map(canonical_value).collect(),
                ("M", members) => canonical_map(members),
                (_, content) => content,
            };
            (tag, content)
        })
        .collect()
}

fn canonical_number(digits: &str) -> String {
    digits.parse::<Decimal>().map_or_else(|_| digits.to_owned(), |number| number.to_string())
}

fn sorted(members: impl Iterator<Item = String>) -> Value {
    members.collect::<BTreeSet<_>>().into_iter().map(Value::String).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_same_item, stored_item};

    #[test]
    fn items_that_differ_in_form_alone_are_the_same() {
        let sent = br#"{"a":{"NS":["1.0","2"]},"m":{"M":{"x":{"SS":["p","q"]}}},"n":{"N":"1e2"}}"#;
        let stored = br#"{"n":{"N":"100"},"a":{"NS":["2","1"]},"m":{"M":{"x":{"SS":["q","p"]}}}}"#;

        assert!(is_same_item(sent, stored));
    }

    #[test]
    fn items_that_differ_in_a_value_are_not_the_same() {
        assert!(!is_same_item(br#"{"a":{"L":[{"N":"1"}]}}"#, br#"{"a":{"L":[{"N":"2"}]}}"#));
        assert!(!is_same_item(br#"{"a":{"S":"1"}}"#, br#"{"a":{"S":"1"},"b":{"S":""}}"#));
    }

    #[test]
    fn an_empty_item_is_no_item() {
        assert!(stored_item(&br#"{"Item":{}}"#.as_slice().into()).is_none());
        assert!(stored_item(&br#"{"Item":{"a":{"S":"x"}}}"#.as_slice().into()).is_some());
    }
}
