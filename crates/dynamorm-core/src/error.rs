//! The one error type of the mapper.

use std::{borrow::Cow, error::Error as StdError, fmt, sync::Arc};

use bytes::Bytes;

use crate::{
    codec::{AttributePath, DecodeError, EncodeError, Reader},
    model::Model,
    transport::{Operation, TransportError, TransportErrorKind},
};

/// Why a call did not succeed.
///
/// Branch on [`kind`](Self::kind), never on the text. The text names the operation, the table, attributes and
/// limits, never what an item holds.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    operation: Option<Operation>,
    table: Option<Arc<str>>,
    path: Option<AttributePath>,
    stored: Option<Bytes>,
    attempts: u32,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of failure, to branch on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request is not one that can be carried out, whatever is stored.
    Validation,
    /// There is no such item, or it has expired.
    NotFound,
    /// There is such an item already.
    AlreadyExists,
    /// A condition did not hold. [`Error::stored`] is the item it did not hold for, where it was asked for.
    ConditionFailed,
    /// Another write was under way on the same item; sending the call again may succeed.
    Conflict,
    /// An item, a key or a request is larger than a limit allows.
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A value has no form in DynamoDB.
    Encode,
    /// What is stored is not what the model says. [`Error::attribute_path`] says where.
    Decode,
    /// There is no such table or index.
    TableNotFound,
    /// The table is being made, changed or deleted, or is not what the model needs.
    TableConflict,
    /// A cursor is not one of this query.
    Cursor,
    /// The engine asks for fewer requests a second.
    Throttled,
    /// No answer came in time; whether a write was done is unknown.
    Timeout,
    /// The engine could not be reached or failed inside; whether a write was done is unknown.
    Unavailable,
    /// The caller stopped before the call was done.
    Interrupted,
    /// Credentials were refused.
    Denied,
    /// The engine lacks what was asked of it.
    Unsupported,
    /// Another process holds the database file.
    Locked,
    /// The file is not a database of ours, or is damaged.
    Corrupt,
}

impl ErrorKind {
    /// A name of low cardinality, for spans and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Validation => "validation",
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::ConditionFailed => "condition_failed",
            Self::Conflict => "conflict",
            Self::TooLarge { .. } => "too_large",
            Self::Encode => "encode",
            Self::Decode => "decode",
            Self::TableNotFound => "table_not_found",
            Self::TableConflict => "table_conflict",
            Self::Cursor => "cursor",
            Self::Throttled => "throttled",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::Interrupted => "interrupted",
            Self::Denied => "denied",
            Self::Unsupported => "unsupported",
            Self::Locked => "locked",
            Self::Corrupt => "corrupt",
        }
    }
}

impl Error {
    /// An error of the mapper itself.
    #[cold]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            table: None,
            path: None,
            stored: None,
            attempts: 0,
            source: None,
        }))
    }

    /// What to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation that failed, if one was begun.
    pub fn operation(&self) -> Option<Operation> {
        self.0.operation
    }

    /// The table it concerned.
    pub fn table(&self) -> Option<&str> {
        self.0.table.as_deref()
    }

    /// Where in the item the value stands that cannot be written or read.
    pub fn attribute_path(&self) -> Option<&AttributePath> {
        self.0.path.as_ref()
    }

    /// How many times the request was sent; 0 if it never was.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether the same call may succeed when it is made again.
    ///
    /// After [`ErrorKind::Timeout`] and [`ErrorKind::Unavailable`] a write may have been done: repeat what a condition
    /// or its nature makes repeatable.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Conflict
                | ErrorKind::Throttled
                | ErrorKind::Timeout
                | ErrorKind::Unavailable
                | ErrorKind::Interrupted
        )
    }

    /// The item as it was stored when the condition failed, where the call asked for it.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when it is not an item of model `M`.
    pub fn stored<M: Model>(&self) -> Result<Option<M>, Self> {
        let Some(item) = &self.0.stored else { return Ok(None) };
        Reader::new(item).and_then(|mut reader| M::decode_item(&mut reader)).map(Some).map_err(Self::from)
    }

    /// The stored item's JSON, where the call asked for it.
    pub fn stored_json(&self) -> Option<&Bytes> {
        self.0.stored.as_ref()
    }

    /// Says which operation on which table failed, unless that is known already.
    #[must_use]
    pub fn during(mut self, operation: Operation, table: &Arc<str>) -> Self {
        self.0.operation.get_or_insert(operation);
        if !table.is_empty() {
            self.0.table.get_or_insert_with(|| Arc::clone(table));
        }
        self
    }

    /// Changes the kind and the message, keeping everything else.
    #[must_use]
    pub fn recast(mut self, kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        self.0.kind = kind;
        self.0.message = message.into();
        self
    }

    /// Adds the stored item.
    #[must_use]
    pub fn with_stored(mut self, item: Option<Bytes>) -> Self {
        self.0.stored = item;
        self
    }

    /// Adds what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match (self.0.operation, &self.0.table) {
            (Some(operation), Some(table)) => write!(f, " ({operation} on table `{table}`)"),
            (Some(operation), None) => write!(f, " ({operation})"),
            (None, Some(table)) => write!(f, " (table `{table}`)"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("operation", &self.0.operation)
            .field("table", &self.0.table)
            .field("attempts", &self.0.attempts)
            .field("stored", &self.0.stored.as_ref().map(|item| format!("{} bytes", item.len())))
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}

impl From<EncodeError> for Error {
    fn from(error: EncodeError) -> Self {
        let mut converted = Self::new(ErrorKind::Encode, error.to_string());
        converted.0.path = Some(error.path().clone());
        converted
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        let mut converted = Self::new(ErrorKind::Decode, error.to_string());
        converted.0.path = Some(error.path().clone());
        converted
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        let kind = match error.kind {
            TransportErrorKind::ConditionFailed | TransportErrorKind::TransactionCanceled => {
                ErrorKind::ConditionFailed
            }
            TransportErrorKind::Conflict => ErrorKind::Conflict,
            TransportErrorKind::TableNotFound => ErrorKind::TableNotFound,
            TransportErrorKind::TableInUse => ErrorKind::TableConflict,
            TransportErrorKind::Validation => ErrorKind::Validation,
            TransportErrorKind::TooLarge => {
                ErrorKind::TooLarge { size: 0, limit: crate::limits::MAX_ITEM_BYTES }
            }
            TransportErrorKind::Throttled => ErrorKind::Throttled,
            TransportErrorKind::Denied => ErrorKind::Denied,
            TransportErrorKind::Timeout => ErrorKind::Timeout,
            TransportErrorKind::Unavailable => ErrorKind::Unavailable,
            TransportErrorKind::Unsupported => ErrorKind::Unsupported,
            TransportErrorKind::Malformed => ErrorKind::Decode,
        };
        let message = match kind {
            ErrorKind::ConditionFailed => "the condition does not hold for the stored item".into(),
            _ => Cow::from(without_values(error.message)),
        };
        let mut converted = Self::new(kind, message);
        converted.0.attempts = error.attempts;
        converted.0.source = error.source;
        converted
    }
}

/// An engine's message without the attribute values that it quotes: DynamoDB does for some refusals
/// (`… AttributeValue: {S:…} …`). What follows the first one goes too, since a value may hold any text.
fn without_values(mut message: String) -> String {
    if let Some(start) = message.find("AttributeValue: {") {
        message.truncate(start);
        message.truncate(message.trim_end_matches([' ', ':', ',']).len());
        message.push_str(" (values left out)");
    }
    message
}

#[cfg(test)]
mod tests {
    use super::Error;
    use crate::transport::{TransportError, TransportErrorKind};

    #[test]
    fn shows_no_value_that_the_engine_quotes() {
        let message =
            "lower bound operand: AttributeValue: {S:secret}, upper bound operand: AttributeValue: {S:a}";
        let error = Error::from(TransportError::new(TransportErrorKind::Validation, message));

        assert_eq!(error.to_string(), "lower bound operand (values left out)");
    }
}
