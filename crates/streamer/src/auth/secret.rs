//! The secret that HS256 tokens are signed with: from a file, or made for development.

use std::{fmt, path::Path};

use crate::{
    error::{Error, ErrorKind, Result},
    small_file,
};

/// The fewest bytes of an HS256 secret: as many as the hash has (RFC 7518, section 3.2).
pub const MIN_SECRET_BYTES: usize = 32;

const SECRET_FILE: &str = "secret file";

/// A secret of [`MIN_SECRET_BYTES`] or more, whose `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Takes the bytes as they are.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when they are fewer than [`MIN_SECRET_BYTES`].
    pub fn new(bytes: Vec<u8>) -> Result<Self> {
        if bytes.len() < MIN_SECRET_BYTES {
            return Err(Error::configuration(format!(
                "the secret has {} bytes; HS256 needs {MIN_SECRET_BYTES} or more",
                bytes.len()
            )));
        }
        Ok(Self(bytes))
    }

    /// Reads a secret file: all its bytes, without one newline at the end.
    ///
    /// Logs a warning when others than its owner may read the file.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`] when the file cannot be read, or is too short or too long.
    pub fn from_file(path: &Path) -> Result<Self> {
        let mut bytes = small_file::read_secret(path, SECRET_FILE)?;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
            if bytes.last() == Some(&b'\r') {
                bytes.pop();
            }
        }
        Self::new(bytes).map_err(|error| small_file::unusable(path, SECRET_FILE, error))
    }

    /// Makes a random secret that lives in memory alone.
    ///
    /// # Errors
    /// [`ErrorKind::Failed`] when the operating system gives no randomness.
    pub fn generate() -> Result<Self> {
        let mut bytes = vec![0; MIN_SECRET_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| {
            Error::new(ErrorKind::Failed, "the operating system gives no randomness").caused_by(error)
        })?;
        Ok(Self(bytes))
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
