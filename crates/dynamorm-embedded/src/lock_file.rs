use std::{
    fmt,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};

use crate::{
    canonical_path,
    error::{Error, ErrorKind},
    holder::Holder,
};

/// The lock file is always this long, so that one write replaces all of it and a reader never sees half.
const CONTENT_BYTES: usize = 512;

/// How a lock file's JSON begins, even where a crash of the machine cut it off.
const CONTENT_START: &[u8] = br#"{"pid":"#;

/// A reader that comes between the holder's lock and its first write looks again this often.
const READ_ATTEMPTS: u32 = 5;
const READ_PAUSE: Duration = Duration::from_millis(10);

impl Holder {
    /// Reads who holds the database at `path`, or held it last: the lock file stays behind when a process is killed.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidPath`] if nobody ever opened the database, [`ErrorKind::ReadOnly`] if the lock file may not
    /// be read (it holds a secret, so only its owner may).
    pub fn read(path: impl AsRef<Path>) -> Result<Option<Self>, Error> {
        let path = lock_path(&canonical_path::canonical(path.as_ref())?);
        let mut file =
            File::open(&path).map_err(|source| Error::from_io("cannot read lock file", &path, source))?;
        read_holder(&mut file).map_err(|source| Error::from_io("cannot read lock file", &path, source))
    }
}

/// The exclusive hold on a database file, from opening to the last drop.
///
/// The operating system's lock is on the lock file and not on the database itself: SQLite's own locks live there, and
/// closing a second descriptor of that file would drop them.
pub(crate) struct LockFile {
    held: Mutex<Held>,
    path: PathBuf,
}

/// The open, locked file and what it says.
struct Held {
    file: File,
    holder: Holder,
}

impl LockFile {
    /// Takes the lock of the database at `database`, a canonical path, and writes this process into it.
    pub(crate) fn acquire(database: &Path) -> Result<Self, Error> {
        let path = lock_path(database);
        let io_error = |source| Error::from_io("cannot take lock file", &path, source);
        let mut file = open_private(&path).map_err(io_error)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(locked(database, &mut file)),
            Err(TryLockError::Error(source)) => return Err(io_error(source)),
        }
        if !is_ours(&mut file).map_err(io_error)? {
            let message = format!("`{}` is in the way: it is not a lock file of a database", path.display());
            return Err(Error::new(ErrorKind::InvalidPath, message));
        }
        make_private(&file).map_err(io_error)?;
        let holder =
            Holder { pid: std::process::id(), started_at: SystemTime::now(), endpoint: None, secret: None };
        let mut held = Held { file, holder };
        held.write().map_err(io_error)?;
        Ok(Self { held: Mutex::new(held), path })
    }

    /// Names the endpoint in the lock file, with the secret it asks for.
    pub(crate) fn publish(&self, address: SocketAddr, secret: Option<String>) -> Result<(), Error> {
        self.update(|holder| {
            holder.endpoint = Some(address);
            holder.secret = secret;
        })
    }

    /// Takes the endpoint at `address` out of the lock file, unless another stands there by now.
    pub(crate) fn withdraw(&self, address: SocketAddr) -> Result<(), Error> {
        self.update(|holder| {
            if holder.endpoint == Some(address) {
                holder.endpoint = None;
                holder.secret = None;
            }
        })
    }

    fn update(&self, change: impl FnOnce(&mut Holder)) -> Result<(), Error> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut held.holder);
        held.write().map_err(|source| Error::from_io("cannot write lock file", &self.path, source))
    }
}

impl Drop for LockFile {
    fn drop(&mut self) {
        // The file itself stays: removing it would let a third process lock a new file beside a second one that
        // holds this one. Emptying it only spares readers a stale name, so a failure changes nothing.
        let held = self.held.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = held.file.set_len(0);
        // Closing alone is not enough: a process that another thread is just starting shares the open file, and with
        // it the lock, until it has replaced its program.
        let _ = held.file.unlock();
    }
}

impl fmt::Debug for LockFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LockFile").field("path", &self.path).finish_non_exhaustive()
    }
}

pub(crate) fn lock_path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

/// The lock file's JSON.
#[derive(Deserialize, Serialize)]
struct Content {
    pid: u32,
    /// Milliseconds since 1970.
    started_at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<EndpointContent>,
}

#[derive(Deserialize, Serialize)]
struct EndpointContent {
    address: SocketAddr,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Takes a lock file of ours from everybody but its owner, whatever its mode was: it will hold a secret.
fn make_private(file: &File) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o777 != 0o600 {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(())
}

fn locked(database: &Path, file: &mut File) -> Error {
    let holder = read_holder(file).ok().flatten();
    let shown = database.display();
    let message = match &holder {
        Some(Holder { pid, endpoint: Some(address), .. }) => {
            format!("database `{shown}` is open in process {pid}, which serves it at `{address}`")
        }
        Some(Holder { pid, .. }) => format!("database `{shown}` is open in process {pid}"),
        None => format!("database `{shown}` is open in another process"),
    };
    Error::new(ErrorKind::Locked { holder }, message)
}

/// Whether the lock file is new, was left by a holder, or holds something else that must not be overwritten.
fn is_ours(file: &mut File) -> io::Result<bool> {
    let text = read_text(file)?;
    let blank = text.iter().all(|byte| matches!(byte, 0 | b' ' | b'\n'));
    Ok(blank || text.starts_with(CONTENT_START))
}

fn read_holder(file: &mut File) -> io::Result<Option<Holder>> {
    for attempt in 0..READ_ATTEMPTS {
        if attempt > 0 {
            std::thread::sleep(READ_PAUSE);
        }
        if let Ok(content) = serde_json::from_slice::<Content>(&read_text(file)?) {
            let (endpoint, secret) = match content.endpoint {
                Some(endpoint) => (Some(endpoint.address), endpoint.secret),
                None => (None, None),
            };
            let started_at = UNIX_EPOCH + Duration::from_millis(content.started_at);
            return Ok(Some(Holder { pid: content.pid, started_at, endpoint, secret }));
        }
    }
    Ok(None)
}

fn read_text(file: &mut File) -> io::Result<Vec<u8>> {
    let mut text = Vec::with_capacity(CONTENT_BYTES);
    file.seek(SeekFrom::Start(0))?;
    // A file that is not a lock file may be of any size.
    file.take(2 * CONTENT_BYTES as u64).read_to_end(&mut text)?;
    Ok(text)
}

impl Held {
    fn write(&mut self) -> io::Result<()> {
        let Holder { pid, started_at, endpoint, secret } = &self.holder;
        let started_at = started_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let content = Content {
            pid: *pid,
            started_at: u64::try_from(started_at.as_millis()).unwrap_or(u64::MAX),
            endpoint: endpoint.map(|address| EndpointContent { address, secret: secret.clone() }),
        };
        let mut text = serde_json::to_vec(&content)?;
        text.resize(CONTENT_BYTES, b' ');
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::LockFile;

    #[test]
    fn a_copy_of_the_open_file_does_not_keep_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("test.db");
        let lock = LockFile::acquire(&database).unwrap();
        let _copy = lock.held.lock().unwrap().file.try_clone().unwrap();

        drop(lock);

        assert!(LockFile::acquire(&database).is_ok());
    }
}
