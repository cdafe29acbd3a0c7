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
    failed_actions: Vec<FailedAction>,
    attempts: u32,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// An action that stopped a transaction, and why.
#[derive(Debug)]
pub struct FailedAction {
    position: usize,
    label: String,
    error: Error,
}

impl FailedAction {
    /// The action at `position`, counted from 0, that failed with `error`.
    pub fn new(position: usize, label: impl Into<String>, error: Error) -> Self {
        Self { position, label: label.into(), error }
    }

    /// Its position in the transaction, counted from 0.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The label it was given, or its verb and its number, such as `update 2`.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.error.kind()
    }

    /// The failure itself, on its own.
    pub fn into_error(self) -> Error {
        self.error
    }

    /// The failure in words, with the action's table.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The item as it was stored when the condition failed; `None` where there was none, or it had expired.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when it is not an item of model `M`.
    pub fn stored<M: Model>(&self) -> Result<Option<M>, Error> {
        self.error.stored()
    }
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
            failed_actions: Vec::new(),
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

    /// The actions that stopped a transaction, in their order; empty for any other failure.
    pub fn failed_actions(&self) -> &[FailedAction] {
        &self.0.failed_actions
    }

    /// The action labelled `label`, if it is one of those that stopped the transaction.
    pub fn failed_action(&self, label: &str) -> Option<&FailedAction> {
        self.0.failed_actions.iter().find(|action| action.label() == label)
    }

    /// Adds the actions that stopped a transaction. The kind, the stored item and the message become those of the most
    /// telling one: a condition that failed, before what cannot be carried out, before what another try may mend.
    #[must_use]
    pub fn with_failed_actions(mut self, actions: Vec<FailedAction>) -> Self {
        let Some(telling) = actions.iter().min_by_key(|action| hopelessness(action.kind())) else {
            return self;
        };
        self.0.kind = telling.kind();
        self.0.stored = telling.error.0.stored.clone();
        self.0.table = telling.error.0.table.clone();
        self.0.message = cancelled(&actions).into();
        self.0.failed_actions = actions;
        self
    }

    /// Takes the actions that stopped a transaction out of the error.
    pub fn take_failed_actions(&mut self) -> Vec<FailedAction> {
        std::mem::take(&mut self.0.failed_actions)
    }

    /// The same error without what caused it, for one of a single action that is reported more than once.
    #[must_use]
    pub fn without_source(&self) -> Self {
        let mut copy = Self::new(self.0.kind, self.0.message.clone());
        copy.0.operation = self.0.operation;
        copy.0.table.clone_from(&self.0.table);
        copy.0.path.clone_from(&self.0.path);
        copy.0.stored.clone_from(&self.0.stored);
        copy.0.attempts = self.0.attempts;
        copy
    }

    /// Says which action of a transaction it concerns.
    #[must_use]
    pub fn in_action(mut self, label: &str) -> Self {
        self.0.message = format!("action `{label}`: {}", self.0.message).into();
        self
    }

    /// Says how many times the request was sent.
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
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
            .field("failed_actions", &self.0.failed_actions)
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

/// The place of a failure among those of one transaction: the less another try can mend it, the more it tells.
fn hopelessness(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::ConditionFailed | ErrorKind::AlreadyExists | ErrorKind::NotFound => 0,
        ErrorKind::Conflict => 2,
        ErrorKind::Throttled => 3,
        _ => 1,
    }
}

/// How many failed actions a message names.
const NAMED_ACTIONS: usize = 3;

fn cancelled(actions: &[FailedAction]) -> String {
    let mut telling: Vec<_> = actions.iter().collect();
    telling.sort_by_key(|action| hopelessness(action.kind()));
    let named: Vec<_> = telling
        .iter()
        .take(NAMED_ACTIONS)
        .map(|action| format!("action `{}`: {}", action.label, action.error.0.message))
        .collect();
    let mut message = format!("the transaction was cancelled: {}", named.join("; "));
    if telling.len() > NAMED_ACTIONS {
        message.push_str(&format!("; and {} more", telling.len() - NAMED_ACTIONS));
    }
    message
}

/// An engine's message without the attribute values that it quotes: DynamoDB does for some refusals
/// (`… AttributeValue: {S:…} …`). What follows the first one goes too, since a value may hold any text.
pub(crate) fn without_values(mut message: String) -> String {
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
