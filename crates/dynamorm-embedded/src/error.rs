use std::{error::Error as StdError, fmt, io, path::Path};

use crate::holder::Holder;

/// Why the embedded engine could not be opened or served.
pub struct Error {
    kind: ErrorKind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of failure of [`Error`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another handle, of this or another process, has the database open.
    Locked {
        /// Who has it, as far as the lock file says.
        holder: Option<Holder>,
    },
    /// The file is not a database that this crate made. It was not changed.
    NotADatabase,
    /// A newer version of the engine wrote the database. It was not changed.
    Newer,
    /// The database is damaged.
    Corrupt,
    /// The file, its folder or its file system may not be written to.
    ReadOnly,
    /// The path cannot name a database: a folder, a missing folder, a file with a second hard link, not UTF-8.
    InvalidPath,
    /// The endpoint cannot be served there: the address is not a loopback address, or is taken.
    Endpoint,
    /// Reading or writing failed.
    Io,
}

impl Error {
    /// What to branch on.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Whether the same call may succeed later: the database was held by somebody else.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, ErrorKind::Locked { .. })
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What the operating system answered about `path`, with `doing` as in "cannot open".
    pub(crate) fn from_io(doing: &str, path: &Path, source: io::Error) -> Self {
        use io::ErrorKind as Io;
        let shown = path.display();
        let (kind, message) = match source.kind() {
            Io::PermissionDenied | Io::ReadOnlyFilesystem => {
                (ErrorKind::ReadOnly, format!("{doing} `{shown}`: permission to write is missing"))
            }
            Io::IsADirectory => {
                (ErrorKind::InvalidPath, format!("{doing} `{shown}`: it is a folder, name a file"))
            }
            Io::NotFound | Io::NotADirectory => {
                (ErrorKind::InvalidPath, format!("{doing} `{shown}`: no such file or folder"))
            }
            _ => (ErrorKind::Io, format!("{doing} `{shown}`: {source}")),
        };
        Self::new(kind, message).with_source(source)
    }

    /// What SQLite answered while the database at `path` was being opened.
    pub(crate) fn from_sqlite(path: &Path, source: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let shown = path.display();
        let (kind, message) = match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                return Self::corrupt(path).with_source(source);
            }
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
                (ErrorKind::ReadOnly, format!("database `{shown}` cannot be opened for writing"))
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
                ErrorKind::Locked { holder: None },
                format!("database `{shown}` is in use by a program that does not take its lock file"),
            ),
            Some(ErrorCode::DiskFull) => (ErrorKind::Io, format!("database `{shown}`: the disk is full")),
            _ => (ErrorKind::Io, format!("database `{shown}`: {source}")),
        };
        Self::new(kind, message).with_source(source)
    }

    pub(crate) fn corrupt(path: &Path) -> Self {
        let message = format!("database `{}` is damaged; restore it from a copy", path.display());
        Self::new(ErrorKind::Corrupt, message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind)
            .field("message", &self.message)
            .field("source", &self.source)
            .finish()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
