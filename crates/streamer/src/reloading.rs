//! What is read from files, and anew when they change.

use std::{
    fmt,
    fs::{self, Metadata},
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant, SystemTime},
};

use tokio::{sync::Mutex, task::spawn_blocking, time::timeout};

use crate::error::Result;

/// How often the files are looked at, at most.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long a caller waits for them. A file system across a network may not answer at all.
const PATIENCE: Duration = Duration::from_secs(1);

/// A value from files.
///
/// Nothing watches the files: whoever needs the value asks first for a [`refresh`](Self::refresh), which costs
/// next to nothing. Files that changed and are of no use leave the value as it was, and a warning in the log.
pub(crate) struct Reloading<T> {
    source: Arc<Source<T>>,
    checks: Arc<Mutex<Checks>>,
}

struct Source<T> {
    what: &'static str,
    paths: Vec<PathBuf>,
    read: Box<Read<T>>,
    current: RwLock<Arc<T>>,
}

/// Makes the value of the files.
type Read<T> = dyn Fn(&[PathBuf]) -> Result<T> + Send + Sync;

/// What was seen of the files.
struct Checks {
    stamps: Vec<Option<Stamp>>,
    looked_at: Instant,
    /// When they were last read for somebody who missed something in the value.
    reread_at: Option<Instant>,
    is_broken: bool,
}

/// What tells two states of a file apart without reading it.
#[derive(Debug, Eq, PartialEq)]
struct Stamp {
    is_file: bool,
    modified: Option<SystemTime>,
    bytes: u64,
    /// A file that another has replaced may have its time and length, but not its number.
    identity: (u64, u64),
}

impl<T: Send + Sync + 'static> Reloading<T> {
    /// Reads the value for the first time; `what` names it in the log.
    ///
    /// # Errors
    /// Those of `read`.
    pub(crate) fn read(
        what: &'static str,
        paths: Vec<PathBuf>,
        read: impl Fn(&[PathBuf]) -> Result<T> + Send + Sync + 'static,
    ) -> Result<Self> {
        // Before the files are read: a change meanwhile is then seen as one.
        let stamps = stamps(&paths);
        let current = RwLock::new(Arc::new(read(&paths)?));
        let checks = Checks { stamps, looked_at: Instant::now(), reread_at: None, is_broken: false };
        let source = Source { what, paths, read: Box::new(read), current };
        Ok(Self { source: Arc::new(source), checks: Arc::new(Mutex::new(checks)) })
    }

    /// Returns the value as it was last read.
    pub(crate) fn current(&self) -> Arc<T> {
        Arc::clone(&self.source.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the files anew if they changed, unless somebody looked within a second or looks just now.
    pub(crate) async fn refresh(&self) {
        if let Ok(checks) = Arc::clone(&self.checks).try_lock_owned()
            && checks.looked_at.elapsed() >= INTERVAL
        {
            let source = Arc::clone(&self.source);
            // The lock goes along: while a file system does not answer, no second thread waits for it.
            let looking = spawn_blocking(move || {
                let mut checks = checks;
                source.look(&mut checks);
            });
            // Whoever gives up or finds no thread has the old value.
            let _ = timeout(PATIENCE, looking).await;
        }
    }

    /// Reads the files anew for somebody who misses something in the value, unless that was done within a second.
    pub(crate) async fn reread(&self) {
        let rereading = async {
            let checks = Arc::clone(&self.checks).lock_owned().await;
            if checks.reread_at.is_none_or(|at| at.elapsed() >= INTERVAL) {
                let source = Arc::clone(&self.source);
                let reading = spawn_blocking(move || {
                    let mut checks = checks;
                    checks.reread_at = Some(Instant::now());
                    source.read_anew(&mut checks, stamps(&source.paths));
                });
                let _ = reading.await;
            }
        };
        let _ = timeout(PATIENCE, rereading).await;
    }
}

impl<T> Source<T> {
    fn look(&self, checks: &mut Checks) {
        let stamps = stamps(&self.paths);
        checks.looked_at = Instant::now();
        if stamps != checks.stamps {
            self.read_anew(checks, stamps);
        }
    }

    fn read_anew(&self, checks: &mut Checks, stamps: Vec<Option<Stamp>>) {
        // A pipe, such as a shell's `<(…)`, was read at the start for good: to open it again may never end.
        if stamps.iter().flatten().any(|stamp| !stamp.is_file) {
            return;
        }
        let has_changed = stamps != checks.stamps;
        checks.stamps = stamps;
        match (self.read)(&self.paths) {
            Ok(value) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
                if has_changed || checks.is_broken {
                    tracing::info!("the {} is read anew", self.what);
                }
                checks.is_broken = false;
            }
            Err(error) => {
                // Once for each state of the files: others may ask for them every second.
                if has_changed || !checks.is_broken {
                    tracing::warn!(%error, "the {} changed and is of no use; the old one stays", self.what);
                }
                checks.is_broken = true;
            }
        }
    }
}

impl<T> fmt::Debug for Reloading<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reloading").field("paths", &self.source.paths).finish_non_exhaustive()
    }
}

/// The stamps of files; of one that is not there, none.
fn stamps(paths: &[PathBuf]) -> Vec<Option<Stamp>> {
    let stamp = |metadata: Metadata| Stamp {
        is_file: metadata.is_file(),
        modified: metadata.modified().ok(),
        bytes: metadata.len(),
        identity: identity(&metadata),
    };
    paths.iter().map(|path| fs::metadata(path).ok().map(stamp)).collect()
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;

    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> (u64, u64) {
    (0, 0)
}
