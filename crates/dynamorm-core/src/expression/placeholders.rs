use std::{borrow::Cow, fmt::Write};

use crate::codec::{EncodeError, Writer};

/// The names and values that the expressions of one request stand for.
///
/// The first value that cannot be encoded is kept and reported when the request is built.
#[derive(Clone, Debug, Default)]
pub struct Placeholders {
    names: Vec<Cow<'static, str>>,
    /// `":v0":{"S":"…"},":v1":…`
    values: Writer,
    count: usize,
    error: Option<EncodeError>,
}

impl Placeholders {
    /// Appends the placeholder of an attribute's name; a name that was used before has one already.
    pub fn push_name(&mut self, out: &mut String, attribute: impl Into<Cow<'static, str>>) {
        let attribute = attribute.into();
        let number = self.names.iter().position(|name| *name == attribute).unwrap_or_else(|| {
            self.names.push(attribute);
            self.names.len() - 1
        });
        push(out, format_args!("#n{number}"));
    }

    /// Appends a new placeholder for the value that `encode` writes.
    pub fn push_value(
        &mut self,
        out: &mut String,
        encode: impl FnOnce(&mut Writer) -> Result<(), EncodeError>,
    ) {
        let number = self.count;
        self.count += 1;
        push(out, format_args!(":v{number}"));
        if number > 0 {
            self.values.raw(",");
        }
        self.values.raw("\":v");
        let mut digits = itoa::Buffer::new();
        self.values.raw(digits.format(number));
        self.values.raw("\":");
        if let Err(error) = encode(&mut self.values) {
            self.refuse(error);
        }
    }

    /// Keeps the first error, to be reported when the request is built.
    pub fn refuse(&mut self, error: EncodeError) {
        self.error.get_or_insert(error);
    }

    /// Runs `write`, and puts by `locate` where it belongs what goes wrong there.
    pub fn locating(
        &mut self,
        locate: impl FnOnce(EncodeError) -> EncodeError,
        write: impl FnOnce(&mut Self),
    ) {
        let earlier = self.error.take();
        write(self);
        self.error = earlier.or_else(|| self.error.take().map(locate));
    }

    /// The first error, if any.
    pub fn error(&self) -> Option<&EncodeError> {
        self.error.as_ref()
    }

    /// Writes the members `ExpressionAttributeNames` and `ExpressionAttributeValues`, those that are needed.
    pub fn write_members(&self, writer: &mut Writer) {
        if !self.names.is_empty() {
            writer.member("ExpressionAttributeNames");
            writer.raw("{");
            let mut digits = itoa::Buffer::new();
            for (number, name) in self.names.iter().enumerate() {
                writer.comma();
                writer.raw("\"#n");
                writer.raw(digits.format(number));
                writer.raw("\":");
                writer.text(name);
            }
            writer.raw("}");
        }
        if self.count > 0 {
            writer.member("ExpressionAttributeValues");
            writer.raw("{");
            writer.raw_bytes(self.values.as_bytes());
            writer.raw("}");
        }
    }
}

/// Appends formatted text; writing to a `String` cannot fail.
pub(crate) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _infallible = out.write_fmt(text);
}
