//! The database that a command works on: held by a server, reached by everything else.

use std::{
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use dynamorm::{
    Db, ErrorKind as DbErrorKind,
    embedded::{
        Access, Embedded, Endpoint, EndpointOptions, Error as EngineError, ErrorKind as EngineErrorKind,
        Loopback, open_or_connect,
    },
};

use streamer_store::ErrorKind as StoreErrorKind;

use crate::error::{Error, ErrorKind, Result};

/// How long a server waits for a holder without an endpoint: a command that has the file open, or a server that
/// ends. Both let go of it soon.
const RELEASE_PATIENCE: Duration = Duration::from_secs(10);

/// How often it looks meanwhile.
const RELEASE_PAUSE: Duration = Duration::from_millis(50);

/// How long a command waits for a sign of life of the server that holds the database.
const HOLDER_PATIENCE: Duration = Duration::from_secs(10);

/// Whether a database that is not there yet is made.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Absent {
    /// It is made, empty.
    Make,
    /// It is an error: a command that only looks should leave nothing behind.
    Refuse,
}

/// How long a worker waits before it looks again for the server that holds the file.
const HOLDER_PAUSE: Duration = Duration::from_millis(250);

/// Opens a database for a command, through the server that holds it if one does.
///
/// # Errors
/// [`ErrorKind::Configuration`] when the text names no database or the file may not be written,
/// [`ErrorKind::NotADatabase`] when the file is none, [`ErrorKind::NotFound`] when it is not there, by
/// [`Absent::Refuse`], and [`ErrorKind::Unavailable`] when its holder lets nobody in or does not answer.
pub async fn connect(database: &str, absent: Absent) -> Result<Db> {
    match Location::parse(database) {
        Location::File(path) => {
            if absent == Absent::Refuse && is_missing(&path) {
                return Err(Error::new(
                    ErrorKind::NotFound,
                    format!(
                        "there is no database `{}`; `streamer serve` and `streamer tables ensure` make it",
                        path.display()
                    ),
                ));
            }
            let db = Db::from_shared(blocking(move || open_or_connect(path)).await??);
            answers(&db).await?;
            Ok(db)
        }
        Location::Memory => Ok(Db::new(blocking(Embedded::memory).await??)),
        Location::Other(url) => other(&url),
    }
}

/// Opens a database for a worker beside a server: an embedded one through the server that holds it, and waits until there
/// is one. A server that ends may be followed by another: the same handle reaches that.
///
/// # Errors
/// Those of [`connect`]; [`ErrorKind::Configuration`] for a database in memory, which no other process sees.
pub async fn through_holder(database: &str) -> Result<Db> {
    let path = match Location::parse(database) {
        Location::File(path) => path,
        Location::Memory => {
            return Err(Error::configuration(
                "`memory:` is a database of one process: no other has work in it",
            ));
        }
        Location::Other(url) => return other(&url),
    };
    let mut is_waiting = false;
    loop {
        let path = path.clone();
        match blocking(move || Loopback::connect(path)).await? {
            Ok(loopback) => {
                let db = Db::new(loopback);
                if answers(&db).await.is_ok() {
                    return Ok(db);
                }
            }
            Err(error)
                if matches!(error.kind(), EngineErrorKind::Locked { .. } | EngineErrorKind::InvalidPath) => {}
            Err(error) => return Err(error.into()),
        }
        if !is_waiting {
            tracing::info!("no server holds the database; waiting for one");
            is_waiting = true;
        }
        tokio::time::sleep(HOLDER_PAUSE).await;
    }
}

/// Whether the database is the embedded engine's, which one process has alone.
pub fn is_embedded(database: &str) -> bool {
    !matches!(Location::parse(database), Location::Other(_))
}

/// Whether the database is a file, which one process holds alone: a command that waits has to let go of it meanwhile.
pub fn is_file(database: &str) -> bool {
    matches!(Location::parse(database), Location::File(_))
}

/// Makes sure that the database answers at all: each request of its own would wait for a minute.
async fn answers(db: &Db) -> Result<()> {
    match tokio::time::timeout(HOLDER_PATIENCE, db.list_tables()).await {
        Ok(answered) => Ok(answered.map(drop)?),
        Err(_) => Err(Error::new(
            ErrorKind::Unavailable,
            format!("the process that holds the database gave no answer for {HOLDER_PATIENCE:?}"),
        )),
    }
}

/// A database that this process serves from.
#[derive(Debug)]
pub struct Held {
    db: Db,
    /// The engine, where it runs in this process: nobody else writes to its file then.
    engine: Option<Embedded>,
    lock_file: Option<PathBuf>,
}

impl Held {
    /// Opens a database to serve from; an embedded one is held alone until this is dropped.
    ///
    /// # Errors
    /// Those of [`connect`]; [`ErrorKind::Unavailable`] when another server holds the file, or another process does
    /// not let go of it for 10 seconds.
    pub async fn open(database: &str) -> Result<Self> {
        let mut lock_file = None;
        let engine = match Location::parse(database) {
            Location::File(path) => {
                let engine = open_alone(path.clone()).await?;
                // It stands beside the file, not beside a link to it.
                lock_file = Some(path.canonicalize().unwrap_or(path).with_added_extension("lock"));
                engine
            }
            Location::Memory => blocking(Embedded::memory).await??,
            Location::Other(url) => return Ok(Self { db: other(&url)?, engine: None, lock_file }),
        };
        Ok(Self { db: Db::new(engine.clone()), engine: Some(engine), lock_file })
    }

    /// Returns the tables.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Returns the file beside the database that names its holder, and the key of the holder's endpoint.
    pub fn lock_file(&self) -> Option<&Path> {
        self.lock_file.as_deref()
    }

    /// Whether only this process can write to the database.
    pub fn is_exclusive(&self) -> bool {
        self.engine.is_some()
    }

    /// Serves DynamoDB's HTTP protocol for the embedded engine: at `address` to any credentials, or, without one,
    /// on a free port to requests that are signed with the key in the lock file. `None` for other engines.
    ///
    /// # Errors
    /// [`ErrorKind::AddressUnusable`] when the address is taken or is not a loopback address,
    /// [`ErrorKind::Configuration`] when there is an address for another engine.
    pub async fn serve_endpoint(&self, address: Option<SocketAddr>) -> Result<Option<Endpoint>> {
        let Some(engine) = &self.engine else {
            return match address {
                Some(_) => Err(Error::configuration(
                    "`--dynamodb-listen` is for the embedded database; DynamoDB has its own address",
                )),
                None => Ok(None),
            };
        };
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

/// Opens a database that needs no file, or none of this machine's.
fn other(url: &str) -> Result<Db> {
    // The text itself is not shown: somebody may have put a password into it.
    Db::connect(url).map_err(|error| match error.kind() {
        DbErrorKind::Validation => {
            Error::configuration(format!("`--db` or `STREAMER_DB`: {error}")).caused_by(error)
        }
        _ => Error::from(error),
    })
}

/// Opens the file for this process alone, and waits for one that has it open only for a moment.
async fn open_alone(path: PathBuf) -> Result<Embedded> {
    let started = Instant::now();
    let mut is_waiting = false;
    loop {
        let path = path.clone();
        match blocking(move || Embedded::open(path)).await? {
            Err(error) if will_let_go(&error) && started.elapsed() < RELEASE_PATIENCE => {
                if !is_waiting {
                    tracing::info!("another process has the database open; waiting for it");
                    is_waiting = true;
                }
                tokio::time::sleep(RELEASE_PAUSE).await;
            }
            opened => return Ok(opened?),
        }
    }
}

/// Whether the holder is none that serves others, and so may be done with the file soon.
fn will_let_go(error: &EngineError) -> bool {
    match error.kind() {
        EngineErrorKind::Locked { holder } => holder.as_ref().is_none_or(|holder| holder.endpoint.is_none()),
        _ => false,
    }
}

/// Whether there is no database where one could be made; an empty file is none. Everything else, such as a link to
/// nothing, is the engine's to refuse.
fn is_missing(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match path.symlink_metadata() {
        Ok(metadata) => metadata.is_file() && metadata.len() == 0,
        Err(error) => error.kind() == io::ErrorKind::NotFound && folder.is_dir(),
    }
}

/// Runs what blocks on a thread where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::new(ErrorKind::Failed, "the database could not be opened").caused_by(error))
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        let kind = match error.kind() {
            EngineErrorKind::NotADatabase | EngineErrorKind::Newer | EngineErrorKind::Corrupt => {
                ErrorKind::NotADatabase
            }
            EngineErrorKind::InvalidPath | EngineErrorKind::ReadOnly => ErrorKind::Configuration,
            EngineErrorKind::Endpoint => ErrorKind::AddressUnusable,
            EngineErrorKind::Locked { .. } => ErrorKind::Unavailable,
            _ => ErrorKind::Failed,
        };
        Self::new(kind, error.to_string()).caused_by(error)
    }
}

impl From<dynamorm::Error> for Error {
    fn from(error: dynamorm::Error) -> Self {
        let kind = match error.kind() {
            DbErrorKind::NotFound | DbErrorKind::TableNotFound => ErrorKind::NotFound,
            DbErrorKind::Validation
            | DbErrorKind::Unsupported
            | DbErrorKind::TableConflict
            | DbErrorKind::Denied => ErrorKind::Configuration,
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
        let kind = match error.kind() {
            // A table that is there but is another's: the prefix is not right.
            StoreErrorKind::Table if error.operation() == "tables.ensure" => ErrorKind::Configuration,
            StoreErrorKind::NotFound | StoreErrorKind::Table => ErrorKind::NotFound,
            StoreErrorKind::Validation { .. } | StoreErrorKind::Unsupported | StoreErrorKind::Denied => {
                ErrorKind::Configuration
            }
            StoreErrorKind::Corrupt => ErrorKind::NotADatabase,
            StoreErrorKind::Throttled
            | StoreErrorKind::Timeout
            | StoreErrorKind::Unavailable
            | StoreErrorKind::Locked => ErrorKind::Unavailable,
            _ => ErrorKind::Failed,
        };
        // The operation's name is the library's, and says nothing to whoever typed a command.
        let text = error.to_string();
        let message = text.strip_prefix(error.operation()).and_then(|rest| rest.strip_prefix(": "));
        Self::new(kind, message.unwrap_or(&text)).caused_by(error)
    }
}
