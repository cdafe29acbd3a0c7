//! The one error type of this crate, and the exit code that each kind ends the process with.

use std::{error::Error as StdError, fmt, process::ExitCode};

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong: a kind to branch on, a message for people, and the cause.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of [`Error`]. Each has an exit code of its own, part of the command line's contract.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Something failed that has no kind of its own.
    Failed,
    /// A flag, an environment variable or a file that they name is not usable.
    Configuration,
    /// What was asked for is not there: the database, its tables, or what has this id.
    NotFound,
    /// The database cannot be reached now: another process holds it, or it does not answer. Or the server cannot.
    Unavailable,
    /// The database file is damaged, or is no database of this program.
    NotADatabase,
    /// The address to listen on is taken, or is not this machine's.
    AddressUnusable,
    /// The request that was waited for failed or was cancelled.
    Unsuccessful,
    /// The request that was waited for had not ended when the time was up.
    NotEnded,
    /// The user stopped it.
    Interrupted,
}

impl ErrorKind {
    /// Returns the process's exit code for this kind.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Configuration => 2,
            Self::NotFound => 3,
            Self::Unavailable => 4,
            Self::NotADatabase => 5,
            Self::AddressUnusable => 6,
            Self::Unsuccessful => 7,
            Self::NotEnded => 8,
            // What a shell reports of a process that an interrupt ended.
            Self::Interrupted => 130,
        }
    }

    /// Returns the kind's name as `--json` prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Configuration => "configuration",
            Self::NotFound => "not_found",
            Self::Unavailable => "unavailable",
            Self::NotADatabase => "not_a_database",
            Self::AddressUnusable => "address_unusable",
            Self::Unsuccessful => "unsuccessful",
            Self::NotEnded => "not_ended",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Error {
    /// Makes an error of this kind that has no further cause.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// Makes an error of [`ErrorKind::Configuration`].
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// Adds what caused the error.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Returns the kind to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns whether the same call may succeed later without a change.
    pub fn is_retryable(&self) -> bool {
        self.kind == ErrorKind::Unavailable
    }

    /// Lists the messages of the causes, the nearest first.
    ///
    /// A cause that only repeats the message above it is left out.
    pub fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let mut said = self.message.clone();
        let mut next = self.source();
        while let Some(cause) = next {
            let message = cause.to_string();
            let is_repeated = said.contains(&message) || message.ends_with(&said);
            if !is_repeated {
                causes.push(message.clone());
            }
            said = message;
            next = cause.source();
        }
        causes
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<ErrorKind> for ExitCode {
    fn from(kind: ErrorKind) -> Self {
        Self::from(kind.exit_code())
    }
}
