use std::{fmt, marker::PhantomData};

use super::{
    key_condition::{EncodedKey, KeyCondition, QueryKey, SortCondition},
    value_kind::HasPrefix,
};
use crate::{
    key::{IntoKeyPart, KeyText},
    model::Index,
};

/// A partition, and the text that the sort keys asked for begin with: the literals and fields before the next field.
#[derive(Clone)]
#[must_use = "a key condition does nothing until it is given to a query"]
pub struct SortKeyStart<Ix> {
    key: KeyCondition<Ix>,
    text: String,
}

impl<Ix: Index> SortKeyStart<Ix> {
    /// The sort keys of `key`'s partition that begin with `text`.
    pub fn new(key: KeyCondition<Ix>, text: &str) -> Self {
        Self { key, text: text.to_owned() }
    }
}

impl<Ix: Index> QueryKey for SortKeyStart<Ix> {
    type Index = Ix;

    fn into_key_condition(self) -> KeyCondition<Ix> {
        self.key.with_sort(Ok(SortCondition::BeginsWith(EncodedKey::of_text(&self.text))))
    }
}

impl<Ix> fmt::Debug for SortKeyStart<Ix> {
    /// Names the index, never a key's text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.key.fmt(f)
    }
}

/// What asking for one value of a template's field gives: the whole key condition after the last field, what the
/// derive writes, which goes on to the next field, after others.
pub trait AfterField<Ix>: Sized {
    /// The literal that follows the field; `None` if it is the last part.
    const LITERAL: Option<&'static str>;

    /// The sort keys that begin so: with all up to the field's value, and the literal.
    fn after_field(start: SortKeyStart<Ix>) -> Self;
}

impl<Ix: Index> AfterField<Ix> for KeyCondition<Ix> {
    const LITERAL: Option<&'static str> = None;

    fn after_field(start: SortKeyStart<Ix>) -> Self {
        start.key.with_sort(Ok(SortCondition::Equal(EncodedKey::of_text(&start.text))))
    }
}

/// That the template goes on after a field, so that `#` follows the field's text.
#[diagnostic::on_unimplemented(
    message = "the last field of a sort key's template cannot be asked for by `lt`",
    label = "no range of texts ends before a value",
    note = "use `.le(…)` with the value before"
)]
pub trait GoesOn {}

/// A field of a sort key that a template joins, of type `V`; the fields before it have one value each.
///
/// Text order is value order, so that every comparison is one range of texts. (`lt` of the last field has no such
/// range that ends before its value; use [`TemplateSortKey::le`] with the value before.)
#[derive(Debug)]
#[must_use = "compare the sort key with something, such as `.ge(value)`"]
pub struct TemplateSortKey<Ix, V, After> {
    start: SortKeyStart<Ix>,
    _field: PhantomData<fn() -> (V, After)>,
}

impl<Ix: Clone, V, After> Clone for TemplateSortKey<Ix, V, After> {
    fn clone(&self) -> Self {
        Self { start: self.start.clone(), _field: PhantomData }
    }
}

impl<Ix: Index, V: KeyText, After: AfterField<Ix>> TemplateSortKey<Ix, V, After> {
    /// The field that stands behind `start`.
    pub fn of(start: SortKeyStart<Ix>) -> Self {
        Self { start, _field: PhantomData }
    }

    fn text(&self, value: impl IntoKeyPart<V>) -> String {
        let mut text = self.start.text.clone();
        value.into_key_part().write_key_text(&mut text);
        text
    }

    /// The sort keys from `low` to `high`, both included; without `high` all from `low` on.
    fn range(self, low: &str, high: Option<&str>) -> KeyCondition<Ix> {
        // DynamoDB refuses an empty text as a key; nothing sorts before this one, and no sort key is it.
        let end = |text: &str| EncodedKey::of_text(if text.is_empty() { "\0" } else { text });
        let low = end(low);
        self.start.key.with_sort(Ok(match high {
            Some(high) => SortCondition::Between(low, end(high)),
            None => SortCondition::GreaterOrEqual(low),
        }))
    }

    /// The least text that sorts after every sort key whose field has this text: what follows a field is `#` or
    /// nothing, and an escaped value holds nothing that sorts before `$`.
    fn after(mut text: String) -> String {
        text.push(if After::LITERAL.is_some() { '$' } else { '\0' });
        text
    }

    /// The least text that sorts after every sort key that begins as asked; `None` where nothing stands before the
    /// field, so that there is no end.
    fn end(&self) -> Option<String> {
        let mut end = self.start.text.clone();
        while let Some(last) = end.pop() {
            if let Some(next) = (last..=char::MAX).nth(1) {
                end.push(next);
                return Some(end);
            }
        }
        None
    }

    /// Sort keys whose field is `value`. Where the template goes on, the next field can be compared then.
    pub fn eq(self, value: impl IntoKeyPart<V>) -> After {
        let mut text = self.text(value);
        text.push_str(After::LITERAL.unwrap_or_default());
        After::after_field(SortKeyStart { key: self.start.key, text })
    }

    /// Sort keys whose field is less than `value`.
    pub fn lt(self, value: impl IntoKeyPart<V>) -> KeyCondition<Ix>
    where
        After: GoesOn,
    {
        // `#` follows the field, so that no sort key is this text, and those of the value sort after it.
        let (low, high) = (self.start.text.clone(), self.text(value));
        self.range(&low, Some(&high))
    }

    /// Sort keys whose field is `value` or less.
    pub fn le(self, value: impl IntoKeyPart<V>) -> KeyCondition<Ix> {
        let (low, high) = (self.start.text.clone(), self.upper(value));
        self.range(&low, Some(&high))
    }

    /// Sort keys whose field is more than `value`.
    pub fn gt(self, value: impl IntoKeyPart<V>) -> KeyCondition<Ix> {
        let (low, high) = (Self::after(self.text(value)), self.end());
        self.range(&low, high.as_deref())
    }

    /// Sort keys whose field is `value` or more.
    pub fn ge(self, value: impl IntoKeyPart<V>) -> KeyCondition<Ix> {
        let (low, high) = (self.text(value), self.end());
        self.range(&low, high.as_deref())
    }

    /// Sort keys whose field is from `low` to `high`, both included.
    pub fn between(self, low: impl IntoKeyPart<V>, high: impl IntoKeyPart<V>) -> KeyCondition<Ix> {
        let (low, high) = (self.text(low), self.upper(high));
        self.range(&low, Some(&high))
    }

    /// Sort keys whose field begins with `prefix`, of strings.
    pub fn begins_with(self, prefix: &str) -> KeyCondition<Ix>
    where
        V: HasPrefix,
    {
        let mut text = self.start.text.clone();
        prefix.write_key_text(&mut text);
        if text.is_empty() {
            return self.range("", None);
        }
        self.start.key.with_sort(Ok(SortCondition::BeginsWith(EncodedKey::of_text(&text))))
    }

    /// A text that sorts after every sort key whose field is `value`, and before those whose field is more.
    fn upper(&self, value: impl IntoKeyPart<V>) -> String {
        let text = self.text(value);
        if After::LITERAL.is_some() { Self::after(text) } else { text }
    }
}
