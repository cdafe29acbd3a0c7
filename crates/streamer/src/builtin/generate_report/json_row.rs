//! What a report takes of a JSON object.

use std::{borrow::Cow, fmt};

use dynamorm::Decimal;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{amount::parse_amount, request::ReportRequest};

/// Reads two members of a JSON object, and passes over all others without holding them, whatever their depth.
#[derive(Debug)]
pub(super) struct JsonRow {
    group_by: String,
    sum: String,
}

impl JsonRow {
    pub(super) fn of(request: &ReportRequest) -> Self {
        Self { group_by: request.group_by.clone(), sum: request.sum.clone() }
    }

    /// The group of a row, and its amount.
    ///
    /// # Errors
    /// Why it is unreadable. What serde says of it may show it, and is not passed on.
    pub(super) fn read<'a>(&self, line: &'a [u8]) -> Result<(Cow<'a, str>, Decimal), String> {
        let text = std::str::from_utf8(line).map_err(|_| "it is not UTF-8")?;
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let members = self.deserialize(&mut deserializer).and_then(|members| {
            deserializer.end()?;
            Ok(members)
        });
        let members = members.map_err(|_| "it is no JSON object")?;
        let amount = self.amount(members.sum)?;
        Ok((self.group(members.group_by)?, amount))
    }

    fn amount(&self, value: Option<&str>) -> Result<Decimal, String> {
        let value = present(value, &self.sum)?;
        match value.as_bytes().first() {
            Some(b'-' | b'0'..=b'9') => parse_amount(value, &self.sum),
            _ => Err(format!("`{}` is no number", self.sum)),
        }
    }

    /// A text as it is, and a number or a boolean as it is written.
    fn group<'a>(&self, value: Option<&'a str>) -> Result<Cow<'a, str>, String> {
        let value = present(value, &self.group_by)?;
        match value.as_bytes().first() {
            Some(b'"') => text(value).ok_or_else(|| format!("`{}` is no valid Unicode", self.group_by)),
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => Ok(Cow::Borrowed(value)),
            _ => Err(format!("`{}` is no text, number or boolean", self.group_by)),
        }
    }
}

fn present<'a>(value: Option<&'a str>, member: &str) -> Result<&'a str, String> {
    value.ok_or_else(|| format!("`{member}` is missing"))
}

fn text(quoted: &str) -> Option<Cow<'_, str>> {
    match serde_json::from_str::<&str>(quoted) {
        Ok(text) => Some(Cow::Borrowed(text)),
        // It has escapes.
        Err(_) => serde_json::from_str(quoted).ok().map(Cow::Owned),
    }
}

/// The members that were looked for, as they are written. Of one that is there twice, the last.
#[derive(Default)]
pub(super) struct Members<'a> {
    group_by: Option<&'a str>,
    sum: Option<&'a str>,
}

impl<'de> DeserializeSeed<'de> for &JsonRow {
    type Value = Members<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &JsonRow {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Members::default();
        while let Some(name) = map.next_key_seed(Name(self))? {
            if name == (Sought { is_group_by: false, is_sum: false }) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value::<&RawValue>()?.get();
            if name.is_group_by {
                members.group_by = Some(value);
            }
            if name.is_sum {
                members.sum = Some(value);
            }
        }
        Ok(members)
    }
}

/// Reads a member's name.
struct Name<'a>(&'a JsonRow);

/// Which of the members it names: both, where they are one.
#[derive(PartialEq)]
struct Sought {
    is_group_by: bool,
    is_sum: bool,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Sought;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Sought, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Sought;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Sought, E> {
        Ok(Sought { is_group_by: name == self.0.group_by, is_sum: name == self.0.sum })
    }
}
