//! Small files that the configuration names, read whole: secrets, keys, certificates.

use std::{fmt, fs::File, io::Read, path::Path};

use crate::error::{Error, Result};

/// The most bytes of such a file. None needs more; a device or a wrong path may never end.
const MAX_BYTES: usize = 1024 * 1024;

/// Reads a file; `what` names it in the error.
///
/// # Errors
/// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when it cannot be read or is too long.
pub(crate) fn read(path: &Path, what: &str) -> Result<Vec<u8>> {
    read_open(open(path, what)?, path, what)
}

/// Reads a file that others than its owner should not read, and logs a warning when they may.
///
/// # Errors
/// Those of [`read`].
pub(crate) fn read_secret(path: &Path, what: &str) -> Result<Vec<u8>> {
    let file = open(path, what)?;
    warn_if_readable_by_others(&file, path, what);
    read_open(file, path, what)
}

/// Makes the error that this file is of no use, and why.
pub(crate) fn unusable(path: &Path, what: &str, why: impl fmt::Display) -> Error {
    Error::configuration(format!("cannot use the {what} `{}`: {why}", path.display()))
}

fn open(path: &Path, what: &str) -> Result<File> {
    File::open(path).map_err(|error| unusable(path, what, error))
}

fn read_open(file: File, path: &Path, what: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| unusable(path, what, error))?;
    if bytes.len() > MAX_BYTES {
        return Err(unusable(path, what, format_args!("it has more than {MAX_BYTES} bytes")));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn warn_if_readable_by_others(file: &File, path: &Path, what: &str) {
    use std::os::unix::fs::PermissionsExt;

    if let Ok(metadata) = file.metadata()
        && metadata.permissions().mode() & 0o077 != 0
    {
        tracing::warn!(path = %path.display(), "others may read the {what}; `chmod 600` it");
    }
}

#[cfg(not(unix))]
fn warn_if_readable_by_others(_file: &File, _path: &Path, _what: &str) {}
