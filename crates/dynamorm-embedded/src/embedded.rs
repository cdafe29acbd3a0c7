use std::{fmt, io, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use dynamorm_core::transport::{
    BoxFuture, Capabilities, Capability, Operation, Request, Response, Transport, TransportError,
};
use dynoxide::Database;

use crate::{
    canonical_path,
    database_file::{self, Found},
    dispatch::{Dispatcher, OwnTokens},
    engine_thread::{EngineThread, Occupancy},
    error::{Error, ErrorKind},
    lock_file::{self, LockFile},
    refusal::Refusal,
    sweeper::Sweeper,
};

/// What the embedded engine lacks of DynamoDB.
pub(crate) const CAPABILITIES: Capabilities = Capabilities {
    engine: "embedded",
    lacks: &[
        (Capability::EventualReads, "every read sees every write that was answered before it"),
        (Capability::TransactionConflicts, "calls run one after the other, so no transaction meets another"),
        (
            Capability::UnprojectedFilterRefused,
            "a filter on an attribute that the index does not project takes it for absent",
        ),
        (Capability::ReversedRangeRefused, "a filter between two values in the wrong order matches nothing"),
    ],
};

/// DynamoDB in this process, in one file or in memory.
///
/// A write is answered once it is on the disk, and survives the process being killed. Handles are cheap to clone and
/// share the database; the last one dropped closes it, which waits for the calls that are running, and for the sweep
/// of expired items if one runs (some 2,000 items a second).
///
/// Every call but `GetItem` runs on one thread of the engine's own; `GetItem` runs where it is called while nothing
/// else uses the engine. No async runtime is needed.
///
/// DynamoDB Streams have one shard here, and their records are kept for good: writes to a table with a stream become
/// slower with their number (from 0.2 to 1.3 ms at 10,000 records).
#[derive(Clone)]
pub struct Embedded {
    shared: Arc<Shared>,
}

/// The fields are dropped in this order: no thread uses the engine when it closes, and it has closed when the lock
/// is given back.
struct Shared {
    _sweeper: Sweeper,
    thread: EngineThread,
    engine: Arc<Dispatcher>,
    lock: Option<LockFile>,
}

impl Embedded {
    /// Opens an empty database that lives in memory, until the last handle is dropped.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if a thread cannot be started.
    pub fn memory() -> Result<Self, Error> {
        Self::options().memory()
    }

    /// Opens the database in the file at `path`, or makes it. Blocks for some milliseconds.
    ///
    /// Beside the file stand its write-ahead log (`-wal`, `-shm`) and the lock file (`.lock`).
    ///
    /// # Errors
    /// [`ErrorKind::Locked`] if it is open elsewhere; every other [`ErrorKind`] by the state of the file. A file
    /// that is refused is not changed.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::options().open(path)
    }

    /// How a database is opened, other than by default.
    pub fn options() -> EmbeddedOptions {
        EmbeddedOptions::default()
    }

    /// Runs one operation and answers its JSON, or the error in DynamoDB's protocol.
    pub(crate) async fn call(
        &self,
        operation: Operation,
        body: Bytes,
        own: OwnTokens,
    ) -> Result<Bytes, Refusal> {
        let engine = Arc::clone(&self.shared.engine);
        let call = move || engine.run(operation, &body, own);
        // The hop to the engine's thread costs several times what reading one item does. Only a read, and only while
        // the engine's lock is free, is short for certain: a write waits for the disk.
        if operation == Operation::GetItem {
            return match self.shared.thread.run_here(call) {
                Ok(answer) => answer,
                Err(call) => self.shared.thread.run(call).await,
            };
        }
        self.shared.thread.run(call).await
    }

    pub(crate) fn lock(&self) -> Option<&LockFile> {
        self.shared.lock.as_ref()
    }
}

impl Transport for Embedded {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            match self.call(request.operation, request.body, OwnTokens::Drop).await {
                Ok(body) => Ok(Response { body, attempts: 1 }),
                Err(refusal) => Err(refusal.into_transport_error(1)),
            }
        })
    }

    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("lock", &self.shared.lock).finish_non_exhaustive()
    }
}

/// How a database is opened.
#[derive(Clone, Debug)]
#[must_use]
pub struct EmbeddedOptions {
    sweep_interval: Duration,
}

impl Default for EmbeddedOptions {
    fn default() -> Self {
        Self { sweep_interval: Duration::from_secs(60) }
    }
}

impl EmbeddedOptions {
    /// Sets how often expired items are deleted: every 60 s unless set.
    pub fn sweep_interval(mut self, interval: Duration) -> Self {
        self.sweep_interval = interval;
        self
    }

    /// Opens an empty database in memory, as [`Embedded::memory`] does.
    ///
    /// # Errors
    /// Those of [`Embedded::memory`].
    pub fn memory(&self) -> Result<Embedded, Error> {
        let database = Database::memory().map_err(|error| {
            Error::new(ErrorKind::Io, "cannot open a database in memory").with_source(error)
        })?;
        self.start(database, None)
    }

    /// Opens the database in the file at `path`, as [`Embedded::open`] does.
    ///
    /// # Errors
    /// Those of [`Embedded::open`].
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Embedded, Error> {
        let path = canonical_path::canonical(path.as_ref())?;
        // A file that is refused gets no lock file beside it. Where one stands already the file may be open in this
        // process: reading it before the lock is taken would drop SQLite's own locks when the reader is closed.
        if !lock_file::lock_path(&path).exists() {
            database_file::inspect(&path)?;
        }
        let lock = LockFile::acquire(&path)?;
        match database_file::inspect(&path)? {
            Found::Nothing => database_file::create(&path)?,
            Found::Database(bytes) => database_file::check(&path, bytes)?,
        }
        let database = Database::new(database_file::utf8(&path))
            .map_err(|error| database_file::from_engine(&path, error))?;
        self.start(database, Some(lock))
    }

    fn start(&self, database: Database, lock: Option<LockFile>) -> Result<Embedded, Error> {
        let no_thread = |source: io::Error| {
            Error::new(ErrorKind::Io, "cannot start a thread of the embedded engine").with_source(source)
        };
        let engine = Arc::new(Dispatcher::new(database));
        let occupancy = Occupancy::default();
        let thread = EngineThread::start(occupancy.clone()).map_err(no_thread)?;
        let sweeper =
            Sweeper::start(Arc::clone(&engine), occupancy, self.sweep_interval).map_err(no_thread)?;
        Ok(Embedded { shared: Arc::new(Shared { _sweeper: sweeper, thread, engine, lock }) })
    }
}
