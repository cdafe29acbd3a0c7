//! The database that a command works on: held by a server, reached by everything else.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use dynamorm::{
    Db,
    embedded::{
        Access, Embedded, Endpoint, EndpointOptions, Error as EngineError, ErrorKind as EngineErrorKind,
        open_or_connect,
    },
};

use crate::error::{Error, ErrorKind, Result};

/// Whether a database that is not there yet is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Absent {
    /// It is made, empty.
    Make,
    /// It is an error: a command that only looks should leave nothing behind.
    Refuse,
}

/// Opens a database for a command, through the server that holds it if one does.
///
/// # Errors
/// [`ErrorKind::Configuration`] when the text names no database, [`ErrorKind::NotADatabase`] when the file is none,
/// and [`ErrorKind::Unavailable`] when it cannot be opened or, by [`Absent::Refuse`], is not there.
pub async fn connect(database: &str, absent: Absent) -> Result<Db> {
    match Location::parse(database) {
        Location::File(path) => {
            if absent == Absent::Refuse && is_missing(&path) {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    format!(
                        "there is no database `{}`; `streamer serve` and `streamer tables ensure` make it",
                        path.display()
                    ),
                ));
            }
            blocking(move || open_or_connect(path)).await.map(Db::from_shared)
        }
        Location::Memory => blocking(Embedded::memory).await.map(Db::new),
        Location::Other(url) => Ok(Db::connect(&url)?),
    }
}

/// A database that this process serves from.
#[derive(Debug)]
pub struct Held {
    db: Db,
    /// The engine, where it runs in this process: nobody else writes to its file then.
    engine: Option<Embedded>,
}

impl Held {
    /// Opens a database to serve from; an embedded one is held alone until this is dropped.
    ///
    /// # Errors
    /// Those of [`connect`]; [`ErrorKind::Unavailable`] also when another process holds the file.
    pub async fn open(database: &str) -> Result<Self> {
        let engine = match Location::parse(database) {
            Location::File(path) => blocking(move || Embedded::open(path)).await?,
            Location::Memory => blocking(Embedded::memory).await?,
            Location::Other(url) => return Ok(Self { db: Db::connect(&url)?, engine: None }),
        };
        Ok(Self { db: Db::new(engine.clone()), engine: Some(engine) })
    }

    /// Returns the tables.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Whether only this process can write to the database.
    pub fn is_exclusive(&self) -> bool {
        self.engine.is_some()
    }

    /// Serves DynamoDB's HTTP protocol for the embedded engine: at `address` to any credentials, or, without one,
    /// on a free port to requests that are signed with the key in the lock file. `None` for other engines.
    ///
    /// # Errors
    /// [`ErrorKind::AddressUnusable`] when the address is taken or is not a loopback address.
    pub async fn serve_endpoint(&self, address: Option<SocketAddr>) -> Result<Option<Endpoint>> {
        let Some(engine) = &self.engine else { return Ok(None) };
        let options = match address {
            Some(address) => EndpointOptions::default().address(address).access(Access::Any),
            None => EndpointOptions::default(),
        };
        Ok(Some(engine.serve_endpoint(options).await?))
    }
}

/// What `--db` names.
enum Location {
    File(PathBuf),
    Memory,
    Other(String),
}

impl Location {
    fn parse(database: &str) -> Self {
        match database.split_once(':') {
            Some(("embedded", path)) if !path.is_empty() => Self::File(path.into()),
            Some(("memory", "")) => Self::Memory,
            _ => Self::Other(database.to_owned()),
        }
    }
}

/// Whether the file is missing where it could be made. Everything else is the engine's to refuse.
fn is_missing(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    matches!(path.try_exists(), Ok(false)) && folder.is_dir()
}

/// Runs what blocks on a thread where it may.
async fn blocking<T: Send + 'static>(
    open: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(open).await {
        Ok(opened) => Ok(opened?),
        Err(error) => Err(Error::new(ErrorKind::Failed, "the database could not be opened").caused_by(error)),
    }
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        let kind = match error.kind() {
            EngineErrorKind::NotADatabase | EngineErrorKind::Newer | EngineErrorKind::Corrupt => {
                ErrorKind::NotADatabase
            }
            EngineErrorKind::InvalidPath => ErrorKind::Configuration,
            EngineErrorKind::Endpoint => ErrorKind::AddressUnusable,
            _ => ErrorKind::Unavailable,
        };
        Self::new(kind, error.to_string()).caused_by(error)
    }
}

impl From<dynamorm::Error> for Error {
    fn from(error: dynamorm::Error) -> Self {
        use dynamorm::ErrorKind as DbErrorKind;

        let kind = match error.kind() {
            DbErrorKind::NotFound => ErrorKind::NotFound,
            DbErrorKind::Validation | DbErrorKind::Unsupported => ErrorKind::Configuration,
            DbErrorKind::Corrupt => ErrorKind::NotADatabase,
            DbErrorKind::Throttled
            | DbErrorKind::Timeout
            | DbErrorKind::Unavailable
            | DbErrorKind::Locked => ErrorKind::Unavailable,
            _ => ErrorKind::Failed,
        };
        Self::new(kind, error.to_string()).caused_by(error)
    }
}

impl From<streamer_store::Error> for Error {
    fn from(error: streamer_store::Error) -> Self {
        use streamer_store::ErrorKind as StoreErrorKind;

        let kind = match error.kind() {
            StoreErrorKind::NotFound => ErrorKind::NotFound,
            StoreErrorKind::Validation { .. } | StoreErrorKind::Unsupported => ErrorKind::Configuration,
            StoreErrorKind::Corrupt => ErrorKind::NotADatabase,
            StoreErrorKind::Throttled
            | StoreErrorKind::Timeout
            | StoreErrorKind::Unavailable
            | StoreErrorKind::Locked
            | StoreErrorKind::Table
            | StoreErrorKind::Denied => ErrorKind::Unavailable,
            _ => ErrorKind::Failed,
        };
        Self::new(kind, error.to_string()).caused_by(error)
    }
}
