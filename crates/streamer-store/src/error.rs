use std::{error::Error as StdError, fmt};

use dynamorm::ErrorKind as Mapper;

use crate::request::RequestStatus;

/// Why an operation of a store did not succeed.
///
/// Branch on [`kind`](Self::kind). The text names the operation, the key and fields, never what an item holds.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    operation: &'static str,
    key: Option<String>,
    source: Option<dynamorm::Error>,
}

/// The kinds of failure, to branch on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value that was given is not one that can be stored.
    Validation {
        /// The field, in snake case; `request` where it is none in particular.
        field: &'static str,
    },
    /// There is no such item: it is absent, has expired, or belongs to another tenant.
    NotFound,
    /// There is such an item already.
    AlreadyExists,
    /// Another write of the same item came between; making the call again may succeed.
    Conflict,
    /// A request in one state cannot become what was asked for.
    IllegalTransition {
        /// Where it stands.
        from: RequestStatus,
        /// What was asked for.
        to: RequestStatus,
    },
    /// The request that is held was cancelled: its worker is to give it up.
    Cancelled,
    /// The request is not held any more: its worker is to give it up.
    LeaseLost,
    /// The engine asks for fewer requests a second.
    Throttled,
    /// No answer came in time; whether a write was done is unknown.
    Timeout,
    /// The engine could not be reached or failed inside; whether a write was done is unknown.
    Unavailable,
    /// What is stored is not what the model says.
    Decode {
        /// Where in the item.
        attribute_path: String,
    },
    /// An item is larger than a limit allows.
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A cursor is not one of this list.
    Cursor,
    /// A table is missing, or is not as the model needs it.
    Table,
    /// The engine refused the credentials.
    Denied,
    /// Another process holds the database.
    Locked,
    /// The database's text names no engine that is built in.
    Unsupported,
    /// The file is not a database of ours, or is damaged.
    Corrupt,
}

impl Error {
    pub(crate) fn validation(
        operation: &'static str,
        field: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self::new(ErrorKind::Validation { field }, operation, message)
    }

    pub(crate) fn not_found(operation: &'static str, what: &str) -> Self {
        Self::new(ErrorKind::NotFound, operation, format!("there is no such {what}"))
    }

    pub(crate) fn new(kind: ErrorKind, operation: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, message: message.into(), operation, key: None, source: None }))
    }

    /// An error of the mapper, met during `operation`.
    pub(crate) fn from_mapper(operation: &'static str, error: dynamorm::Error) -> Self {
        let kind = match error.kind() {
            Mapper::NotFound | Mapper::ConditionFailed => ErrorKind::NotFound,
            Mapper::AlreadyExists => ErrorKind::AlreadyExists,
            Mapper::Conflict => ErrorKind::Conflict,
            Mapper::TooLarge { size, limit } => ErrorKind::TooLarge { size, limit },
            Mapper::Decode => ErrorKind::Decode {
                attribute_path: error.attribute_path().map(ToString::to_string).unwrap_or_default(),
            },
            Mapper::TableNotFound | Mapper::TableConflict => ErrorKind::Table,
            Mapper::Cursor => ErrorKind::Cursor,
            Mapper::Throttled => ErrorKind::Throttled,
            Mapper::Timeout => ErrorKind::Timeout,
            Mapper::Denied => ErrorKind::Denied,
            Mapper::Locked => ErrorKind::Locked,
            Mapper::Unsupported => ErrorKind::Unsupported,
            Mapper::Corrupt => ErrorKind::Corrupt,
            Mapper::Validation | Mapper::Encode => ErrorKind::Validation { field: "request" },
            _ => ErrorKind::Unavailable,
        };
        let message = match (&kind, error.table()) {
            (ErrorKind::Table, Some(table)) if error.kind() == Mapper::TableNotFound => {
                format!("there is no table `{table}`; make it with `streamer tables ensure`")
            }
            (ErrorKind::Table, _) => {
                format!("{error}; `streamer tables verify` names all that differs, and the remedies")
            }
            _ => error.to_string(),
        };
        let mut converted = Self::new(kind, operation, message);
        converted.0.source = Some(error);
        converted
    }

    pub(crate) fn with_key(mut self, key: &(impl fmt::Display + ?Sized)) -> Self {
        self.0.key.get_or_insert_with(|| shortened(&key.to_string()));
        self
    }

    /// What to branch on.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The operation that failed, such as `connections.get`.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The id that the operation was about; shortened if it is long.
    pub fn key(&self) -> Option<&str> {
        self.0.key.as_deref()
    }

    /// Whether the same call may succeed when it is made again.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Conflict | ErrorKind::Throttled | ErrorKind::Timeout | ErrorKind::Unavailable
        )
    }
}

/// An id as an error shows it: control characters escaped, and no more of it than helps.
fn shortened(key: &str) -> String {
    const SHOWN: usize = 64;
    let mut shown: String = key.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if key.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.0.operation)?;
        if let Some(key) = &self.0.key {
            write!(f, "`{key}`: ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("operation", &self.0.operation)
            .field("key", &self.0.key)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        // The mapper's own words are in the message; what lies under it is what is new.
        self.0.source.as_ref().and_then(StdError::source)
    }
}
