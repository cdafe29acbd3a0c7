//! What is checked, and made, before the engine opens a file for writing.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use dynoxide::storage::Storage;
use rusqlite::{Connection, OpenFlags};

use crate::error::{Error, ErrorKind};

/// The first bytes of every SQLite file ([file format, 1.3](https://www.sqlite.org/fileformat.html#the_database_header)).
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";
const SQLITE_HEADER_BYTES: usize = 100;
const APPLICATION_ID_OFFSET: usize = 68;

/// `DyRM`: SQLite's application id in the header of every database made here, so that another program's SQLite file
/// is told apart by reading 100 bytes.
const APPLICATION_ID: u32 = u32::from_be_bytes(*b"DyRM");

/// Files up to this size are checked whole when they are opened (about 0.2 s); a larger one shows its damage when
/// the damaged page is read.
const QUICK_CHECK_UP_TO_BYTES: u64 = 256 << 20;

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing, or an empty file.
    Nothing,
    /// A database made here, of so many bytes.
    Database(u64),
}

/// Tells whether the file at `path` may be opened as a database, by reading its header alone.
pub(crate) fn inspect(path: &Path) -> Result<Found, Error> {
    let io_error = |source| Error::from_io("cannot open database", path, source);
    let shown = path.display();
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(source) if source.kind() == io::ErrorKind::NotFound => {
            refuse_read_only_folder(path)?;
            return Ok(Found::Nothing);
        }
        Err(source) => return Err(io_error(source)),
    };
    if metadata.is_dir() {
        return Err(Error::new(ErrorKind::InvalidPath, format!("`{shown}` is a folder; name a file in it")));
    }
    if !metadata.is_file() {
        return Err(Error::new(ErrorKind::InvalidPath, format!("`{shown}` is not a regular file")));
    }
    let mut header = Vec::with_capacity(SQLITE_HEADER_BYTES);
    File::open(path)
        .and_then(|file| file.take(SQLITE_HEADER_BYTES as u64).read_to_end(&mut header))
        .map_err(io_error)?;
    if !header.is_empty() {
        refuse_foreign(path, &header)?;
    }
    // The owner's wish, even where this process could write all the same.
    if metadata.permissions().readonly() {
        return Err(Error::new(ErrorKind::ReadOnly, format!("database `{shown}` is marked read-only")));
    }
    refuse_read_only_folder(path)?;
    refuse_hard_links(path, &metadata)?;
    Ok(if header.is_empty() { Found::Nothing } else { Found::Database(metadata.len()) })
}

/// Makes an empty database at `path`, whole or not at all.
///
/// It is built beside its place and renamed, so that a process killed on the way leaves nothing that a later
/// opening would take for a foreign or a damaged file.
pub(crate) fn create(path: &Path) -> Result<(), Error> {
    let log = with_suffix(path, "-wal");
    if log.exists() {
        let message = format!(
            "`{}` is there but its database `{}` is not; put the database back, or remove the log",
            log.display(),
            path.display()
        );
        return Err(Error::new(ErrorKind::Corrupt, message));
    }
    let draft = with_suffix(path, ".new");
    for remains in [draft.clone(), with_suffix(&draft, "-wal"), with_suffix(&draft, "-shm")] {
        match fs::remove_file(&remains) {
            Ok(()) => {}
            Err(source) if source.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(Error::from_io("cannot replace", &remains, source)),
        }
    }
    // Items are nobody else's either. SQLite gives the log beside it the same mode.
    create_private(&draft).map_err(|source| Error::from_io("cannot create database", path, source))?;
    let storage = Storage::new(utf8(&draft)).map_err(|error| from_engine(&draft, error))?;
    storage
        .conn()
        .pragma_update(None, "application_id", APPLICATION_ID)
        .map_err(|source| Error::from_sqlite(&draft, source))?;
    // Closing the last connection moves the log into the file.
    drop(storage);
    File::open(&draft)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&draft, path))
        .and_then(|()| sync_folder(path))
        .map_err(|source| Error::from_io("cannot create database", path, source))
}

/// Creates an empty file that only its owner may read.
fn create_private(path: &Path) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

/// Refuses a damaged file: its structure is read whole, up to [`QUICK_CHECK_UP_TO_BYTES`].
pub(crate) fn check(path: &Path, bytes: u64) -> Result<(), Error> {
    if bytes > QUICK_CHECK_UP_TO_BYTES {
        return Ok(());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let from_sqlite = |source| Error::from_sqlite(path, source);
    let connection = Connection::open_with_flags(path, flags).map_err(from_sqlite)?;
    let verdict: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(from_sqlite)?;
    if verdict != "ok" {
        return Err(Error::corrupt(path).with_source(verdict));
    }
    Ok(())
}

/// What the engine answered while opening the database at `path`.
pub(crate) fn from_engine(path: &Path, error: dynoxide::DynoxideError) -> Error {
    match error {
        dynoxide::DynoxideError::SqliteError(source) => Error::from_sqlite(path, source),
        // Its own refusal of a newer file is the only one with these words, and has no kind.
        error if error.to_string().contains("newer version") => Error::new(
            ErrorKind::Newer,
            format!("database `{}` was written by a newer version; upgrade this program", path.display()),
        ),
        error => {
            Error::new(ErrorKind::Io, format!("database `{}`: {error}", path.display())).with_source(error)
        }
    }
}

/// A canonical path as text: [`canonical`] lets no other through.
pub(crate) fn utf8(path: &Path) -> &str {
    path.to_str().unwrap_or_else(|| unreachable!("`canonical` refuses a path that is not UTF-8"))
}

fn refuse_foreign(path: &Path, header: &[u8]) -> Result<(), Error> {
    let shown = path.display();
    if !header.starts_with(SQLITE_MAGIC) {
        let message = format!("`{shown}` is not a database; it was left as it is");
        return Err(Error::new(ErrorKind::NotADatabase, message));
    }
    if header.len() < SQLITE_HEADER_BYTES {
        return Err(Error::corrupt(path));
    }
    let id = &header[APPLICATION_ID_OFFSET..APPLICATION_ID_OFFSET + 4];
    if id != APPLICATION_ID.to_be_bytes() {
        let message = format!("`{shown}` is an SQLite database of another program; it was left as it is");
        return Err(Error::new(ErrorKind::NotADatabase, message));
    }
    Ok(())
}

fn refuse_read_only_folder(path: &Path) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    let metadata =
        fs::metadata(folder).map_err(|source| Error::from_io("cannot open folder", folder, source))?;
    if metadata.permissions().readonly() {
        let message =
            format!("folder `{}` is read-only; the database writes files beside its own", folder.display());
        return Err(Error::new(ErrorKind::ReadOnly, message));
    }
    Ok(())
}

/// A second hard link would give one database two locks and two write-ahead logs, which damages it.
#[cfg(unix)]
fn refuse_hard_links(path: &Path, metadata: &fs::Metadata) -> Result<(), Error> {
    use std::os::unix::fs::MetadataExt as _;
    if metadata.nlink() > 1 {
        let message = format!(
            "`{}` has {} hard links; a database must have one name: copy it instead of linking it",
            path.display(),
            metadata.nlink()
        );
        return Err(Error::new(ErrorKind::InvalidPath, message));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_hard_links(_: &Path, _: &fs::Metadata) -> Result<(), Error> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(path))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::{Storage, create, utf8};

    /// SQLite's `synchronous`: 2 is FULL, an fsync of the log for each write.
    #[test]
    fn the_engine_writes_through_to_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap().join("test.db");
        create(&path).unwrap();

        let storage = Storage::new(utf8(&path)).unwrap();
        let pragma = |name| storage.conn().pragma_query_value(None, name, |row| row.get(0));
        let synchronous: i64 = pragma("synchronous").unwrap();

        assert_eq!(synchronous, 2);
    }
}
