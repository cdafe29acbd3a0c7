use std::{fmt, marker::PhantomData};

use super::{operand::KeyOperand, placeholders::Placeholders, value_kind::HasPrefix};
use crate::{
    codec::{EncodeError, Writer},
    key::{IntoKeyPart, KeyText},
    model::{Index, SortPrefix},
};

/// What a query reads: one partition of an index, and which of its sort keys.
#[derive(Clone)]
#[must_use = "a key condition does nothing until it is given to a query"]
pub struct KeyCondition<Ix> {
    partition: Result<Vec<u8>, EncodeError>,
    sort: Option<SortCondition>,
    _index: PhantomData<fn() -> Ix>,
}

#[derive(Clone)]
struct SortCondition {
    operator: SortOperator,
    operands: Result<Vec<Vec<u8>>, EncodeError>,
}

/// The comparators of a sort-key condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortOperator {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `BETWEEN … AND …`, both included.
    Between,
    /// `begins_with(…)`
    BeginsWith,
}

/// A type that says which partition a query reads: what the model's `by_…` functions give.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no partition to query",
    label = "expected what one of the model's functions gives",
    note = "a query reads one partition: name it by `Model::partition(…)` or the `Model::by_…(…)` of an index; to read the \
            whole table, use `scan`"
)]
pub trait QueryKey {
    /// The index that is read.
    type Index: Index;

    /// The key condition.
    fn into_key_condition(self) -> KeyCondition<Self::Index>;
}

impl<Ix: Index> QueryKey for KeyCondition<Ix> {
    type Index = Ix;

    fn into_key_condition(self) -> Self {
        self
    }
}

impl<Ix: Index> KeyCondition<Ix> {
    /// The partition whose key is `value`, of a field that is the key attribute itself.
    pub fn of_value<V>(value: impl KeyOperand<V>) -> Self {
        Self { partition: encoded(&value), sort: None, _index: PhantomData }
    }

    /// The partition whose key is `text`, joined by a template.
    pub fn of_text(text: &str) -> Self {
        Self { partition: Ok(encoded_text(text)), sort: None, _index: PhantomData }
    }

    /// Keeps the query to the sort keys that all of the model's items have.
    pub fn with_sort_prefix(self, prefix: SortPrefix) -> Self {
        match prefix {
            SortPrefix::Any => self,
            SortPrefix::Exactly(text) => self.with_sort(SortOperator::Equal, Ok(vec![encoded_text(text)])),
            SortPrefix::BeginsWith(text) => {
                self.with_sort(SortOperator::BeginsWith, Ok(vec![encoded_text(text)]))
            }
        }
    }

    fn with_sort(mut self, operator: SortOperator, operands: Result<Vec<Vec<u8>>, EncodeError>) -> Self {
        self.sort = Some(SortCondition { operator, operands });
        self
    }

    /// Appends the key condition expression.
    pub fn write(&self, out: &mut String, placeholders: &mut Placeholders) {
        placeholders.push_name(out, Ix::KEY.partition.name);
        out.push_str(" = ");
        push_encoded(out, placeholders, &self.partition);
        let (Some(sort), Some(attribute)) = (&self.sort, Ix::KEY.sort) else { return };
        let operands = match &sort.operands {
            Ok(operands) => operands,
            Err(error) => return placeholders.refuse(error.clone().in_attribute(attribute.name)),
        };
        out.push_str(" AND ");
        let mut operands = operands.iter();
        if sort.operator == SortOperator::BeginsWith {
            out.push_str("begins_with(");
            placeholders.push_name(out, attribute.name);
            out.push_str(", ");
            push_operand(out, placeholders, operands.next());
            out.push(')');
            return;
        }
        placeholders.push_name(out, attribute.name);
        out.push_str(match sort.operator {
            SortOperator::Equal | SortOperator::BeginsWith => " = ",
            SortOperator::Less => " < ",
            SortOperator::LessOrEqual => " <= ",
            SortOperator::Greater => " > ",
            SortOperator::GreaterOrEqual => " >= ",
            SortOperator::Between => " BETWEEN ",
        });
        push_operand(out, placeholders, operands.next());
        if sort.operator == SortOperator::Between {
            out.push_str(" AND ");
            push_operand(out, placeholders, operands.next());
        }
    }
}

impl<Ix> fmt::Debug for KeyCondition<Ix> {
    /// Names the index and the comparison, never a key's value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyCondition")
            .field("index", &std::any::type_name::<Ix>())
            .field("sort", &self.sort.as_ref().map(|sort| sort.operator))
            .finish_non_exhaustive()
    }
}

fn push_encoded(out: &mut String, placeholders: &mut Placeholders, value: &Result<Vec<u8>, EncodeError>) {
    match value {
        Ok(value) => push_operand(out, placeholders, Some(value)),
        Err(error) => placeholders.refuse(error.clone()),
    }
}

fn push_operand(out: &mut String, placeholders: &mut Placeholders, value: Option<&Vec<u8>>) {
    placeholders.push_value(out, |writer| {
        writer.raw_bytes(value.map_or(&[], Vec::as_slice));
        Ok(())
    });
}

fn encoded_text(text: &str) -> Vec<u8> {
    let mut writer = Writer::with_capacity(text.len() + 16);
    writer.string(text);
    writer.into_vec()
}

/// The sort key of a partition, of a field that is the key attribute itself and of type `V`.
#[derive(Clone, Debug)]
#[must_use = "compare the sort key with something, such as `.ge(value)`"]
pub struct SortKey<Ix, V> {
    key: KeyCondition<Ix>,
    _value: PhantomData<fn() -> V>,
}

impl<Ix: Index, V> SortKey<Ix, V> {
    /// The sort key of `key`'s partition.
    pub fn of(key: KeyCondition<Ix>) -> Self {
        Self { key, _value: PhantomData }
    }

    fn compare(self, operator: SortOperator, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        let operands = encoded(&value).map(|value| vec![value]);
        self.key.with_sort(operator, operands)
    }

    /// Sort key `= value`.
    pub fn eq(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(SortOperator::Equal, value)
    }

    /// Sort key `< value`.
    pub fn lt(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(SortOperator::Less, value)
    }

    /// Sort key `<= value`.
    pub fn le(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(SortOperator::LessOrEqual, value)
    }

    /// Sort key `> value`.
    pub fn gt(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(SortOperator::Greater, value)
    }

    /// Sort key `>= value`.
    pub fn ge(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(SortOperator::GreaterOrEqual, value)
    }

    /// Sort key from `low` to `high`, both included.
    pub fn between(self, low: impl KeyOperand<V>, high: impl KeyOperand<V>) -> KeyCondition<Ix> {
        let operands = encoded(&low).and_then(|low| Ok(vec![low, encoded(&high)?]));
        self.key.with_sort(SortOperator::Between, operands)
    }

    /// Sort key that begins with `prefix`, of strings and bytes.
    pub fn begins_with(self, prefix: impl KeyOperand<V>) -> KeyCondition<Ix>
    where
        V: HasPrefix,
    {
        self.compare(SortOperator::BeginsWith, prefix)
    }
}

fn encoded<V>(value: &impl KeyOperand<V>) -> Result<Vec<u8>, EncodeError> {
    if value.is_absent_operand() {
        return Err(EncodeError::new("a key condition needs a value, not an absent one"));
    }
    let mut writer = Writer::new();
    value.encode_operand(&mut writer).map(|_| writer.into_vec())
}

/// The first field of a sort key that a template joins, of type `V`.
///
/// Text order is value order, so that every comparison is one range of texts. (`lt` of the last field has no such
/// range that ends before its value; use [`TemplateSortKey::le`] with the value before.)
#[derive(Clone, Debug)]
#[must_use = "compare the sort key with something, such as `.ge(value)`"]
pub struct TemplateSortKey<Ix, V> {
    key: KeyCondition<Ix>,
    prefix: &'static str,
    /// Whether the template goes on after the field, so that `#` follows its text.
    goes_on: bool,
    _value: PhantomData<fn() -> V>,
}

impl<Ix: Index, V: KeyText> TemplateSortKey<Ix, V> {
    /// The first field of a sort key whose template begins with `prefix`.
    pub fn of(key: KeyCondition<Ix>, prefix: &'static str, goes_on: bool) -> Self {
        Self { key, prefix, goes_on, _value: PhantomData }
    }

    fn text(&self, value: impl IntoKeyPart<V>) -> String {
        let mut text = String::from(self.prefix);
        value.into_key_part().write_key_text(&mut text);
        text
    }

    /// The sort keys from `low` to `high`, both included; without `high` all from `low` on.
    fn range(self, low: &str, high: Option<&str>) -> KeyCondition<Ix> {
        // DynamoDB refuses an empty text as a key; nothing sorts before this one.
        let low = encoded_text(if low.is_empty() { "\0" } else { low });
        match high {
            Some(high) => self.key.with_sort(SortOperator::Between, Ok(vec![low, encoded_text(high)])),
            None => self.key.with_sort(SortOperator::GreaterOrEqual, Ok(vec![low])),
        }
    }

    /// The least text that sorts after every sort key whose field has this text: what follows a field is `#` or
    /// nothing, and an escaped value holds nothing that sorts before `$`.
    fn after(&self, text: &str) -> String {
        let mut after = String::from(text);
        after.push(if self.goes_on { '$' } else { '\0' });
        after
    }

    /// The least text that sorts after every sort key of the model; `None` where the template has no literal before
    /// the field, so that there is no end.
    fn end(&self) -> Option<String> {
        let mut end = String::from(self.prefix);
        while let Some(last) = end.pop() {
            if let Some(next) = (last..=char::MAX).nth(1) {
                end.push(next);
                return Some(end);
            }
        }
        None
    }

    /// Sort keys whose field is `value`.
    pub fn eq(self, value: impl IntoKeyPart<V>) -> KeyCondition<Ix> {
        let mut text = self.text(value);
        if self.goes_on {
            text.push('#');
            self.key.with_sort(SortOperator::BeginsWith, Ok(vec![encoded_text(&text)]))
        } else {
            self.key.with_sort(SortOperator::Equal, Ok(vec![encoded_text(&text)]))
        }
    }

    /// Sort keys whose field is `value` or less.
    pub fn le(self, value: impl IntoKeyPart<V>) -> KeyCondition<Ix> {
        let high = self.upper(value);
        let low = self.prefix;
        self.range(low, Some(&high))
    }

    /// Sort keys whose field is more than `value`.
    pub fn gt(self, value: impl IntoKeyPart<V>) -> KeyCondition<Ix> {
        let low = self.after(&self.text(value));
        let high = self.end();
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
        let mut text = String::from(self.prefix);
        prefix.write_key_text(&mut text);
        if text.is_empty() {
            return self.range("", None);
        }
        self.key.with_sort(SortOperator::BeginsWith, Ok(vec![encoded_text(&text)]))
    }

    /// A text that sorts after every sort key whose field is `value`, and before those whose field is more.
    fn upper(&self, value: impl IntoKeyPart<V>) -> String {
        let text = self.text(value);
        if self.goes_on { self.after(&text) } else { text }
    }
}
