//! The condition expression of a write: what the verb itself requires, and what the caller adds.

use dynamorm_core::{
    Error, ErrorKind, Timestamp,
    expression::{Condition, Placeholders, Precedence},
    limits::MAX_EXPRESSION_BYTES,
    model::{Assigned, Model},
};

use crate::expiry;

/// The conditions that the caller added, joined by `AND`.
#[derive(Clone, Debug)]
pub(super) struct Conditions {
    text: String,
    hold_for_absent: bool,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { text: String::new(), hold_for_absent: true }
    }
}

impl Conditions {
    pub(super) fn add<C: Condition>(&mut self, condition: &C, placeholders: &mut Placeholders) {
        if condition.is_empty() {
            return;
        }
        self.hold_for_absent &= condition.holds_for_absent();
        let text = self.next();
        if condition.precedence() < Precedence::And {
            text.push('(');
            condition.write_condition(text, placeholders);
            text.push(')');
        } else {
            condition.write_condition(text, placeholders);
        }
    }

    /// Adds that the stored version is this one.
    pub(super) fn add_version(
        &mut self,
        attribute: &'static str,
        version: u64,
        placeholders: &mut Placeholders,
    ) {
        self.hold_for_absent = false;
        let text = self.next();
        placeholders.push_name(text, attribute);
        text.push_str(" = ");
        placeholders.push_value(text, |writer| {
            writer.integer(version);
            Ok(())
        });
    }

    /// Adds that a part of an index key is stored as an item in hand has it.
    pub(super) fn add_part(
        &mut self,
        attribute: &'static str,
        part: &Assigned,
        placeholders: &mut Placeholders,
    ) {
        let text = self.next();
        match part {
            Assigned::Absent => push_not_exists(text, attribute, placeholders),
            Assigned::LeftOut(value) => {
                text.push('(');
                push_equal(text, attribute, value, placeholders);
                text.push_str(" OR ");
                push_not_exists(text, attribute, placeholders);
                text.push(')');
            }
            Assigned::Stored(value) => push_equal(text, attribute, value, placeholders),
        }
    }

    /// The conditions alone, as a filter.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn next(&mut self) -> &mut String {
        if !self.text.is_empty() {
            self.text.push_str(" AND ");
        }
        &mut self.text
    }

    /// The expression of a write that does not ask whether the item is there: an expired item has no attributes.
    pub(super) fn of_any<M: Model>(&self, placeholders: &mut Placeholders, now: Timestamp) -> String {
        let mut text = String::new();
        if self.text.is_empty() {
            return text;
        }
        if self.hold_for_absent {
            expiry::push_expired_or::<M>(&mut text, placeholders, now);
        } else {
            expiry::push_alive::<M>(&mut text, placeholders, now);
            push_and(&mut text);
        }
        text + &self.text
    }

    /// The expression of a write to an item that is there.
    pub(super) fn of_present<M: Model>(&self, placeholders: &mut Placeholders, now: Timestamp) -> String {
        let mut text = String::new();
        expiry::push_present::<M>(&mut text, placeholders, now);
        if !self.text.is_empty() {
            push_and(&mut text);
        }
        text + &self.text
    }

    /// The expression of a write of an item that is absent.
    pub(super) fn of_absent<M: Model>(&self, placeholders: &mut Placeholders, now: Timestamp) -> String {
        let mut text = String::new();
        if self.hold_for_absent {
            expiry::push_expired_or::<M>(&mut text, placeholders, now);
        }
        expiry::push_never_written::<M>(&mut text, placeholders);
        // The engine decides by them of an item that is absent, and refuses a request with a placeholder that no
        // expression uses.
        if !self.text.is_empty() {
            push_and(&mut text);
            text.push_str(&self.text);
        }
        text
    }

    /// Whether the caller added none.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

fn push_equal(text: &mut String, attribute: &'static str, value: &[u8], placeholders: &mut Placeholders) {
    placeholders.push_name(text, attribute);
    text.push_str(" = ");
    placeholders.push_value(text, |writer| {
        writer.raw_bytes(value);
        Ok(())
    });
}

fn push_not_exists(text: &mut String, attribute: &'static str, placeholders: &mut Placeholders) {
    text.push_str("attribute_not_exists(");
    placeholders.push_name(text, attribute);
    text.push(')');
}

fn push_and(text: &mut String) {
    if !text.is_empty() {
        text.push_str(" AND ");
    }
}

/// The error of a value that could not be encoded while the builder was filled.
pub(super) fn check(placeholders: &Placeholders) -> Result<(), Error> {
    placeholders.error().map_or(Ok(()), |error| Err(error.clone().into()))
}

/// Refuses an expression that is longer than DynamoDB takes.
pub(super) fn check_expression(text: &str) -> Result<(), Error> {
    if text.len() > MAX_EXPRESSION_BYTES {
        let message = format!("an expression is {} bytes; the limit is {MAX_EXPRESSION_BYTES}", text.len());
        return Err(Error::new(ErrorKind::Validation, message));
    }
    Ok(())
}
