//! The directory that reports are made from, and what of it may be read.

use std::{
    fs::File,
    io,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use cap_fs_ext::OpenOptionsSyncExt as _;
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions},
};

use super::format::Format;
use crate::{
    error::{Error, Result},
    handler::HandlerError,
    protocol::Code,
};

/// The path of a file below the data directory, by its text alone.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SourcePath {
    path: PathBuf,
    pub(super) format: Format,
}

impl SourcePath {
    /// Reads a path that is relative and only goes down, to a name that says the file's format.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn parse(text: &str) -> std::result::Result<Self, &'static str> {
        // The one is a separator on some systems, the other ends a path on most.
        if text.contains(['\\', '\0']) {
            return Err("`payload.source` has a character that no path below the data directory has");
        }
        let mut path = PathBuf::new();
        for component in Path::new(text).components() {
            match component {
                Component::Normal(name) => path.push(name),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    return Err(
                        "`payload.source` is a path below the data directory: relative, without `..`",
                    );
                }
            }
        }
        let format = Format::of(&path).ok_or("`payload.source` ends in `.csv`, `.jsonl` or `.ndjson`")?;
        Ok(Self { path, format })
    }
}

/// The directory that reports are made from. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct DataDirectory(Arc<Dir>);

impl DataDirectory {
    /// Opens the directory, once: what its path leads to later does not matter.
    pub(super) fn open(path: &Path) -> Result<Self> {
        match Dir::open_ambient_dir(path, ambient_authority()) {
            Ok(directory) => Ok(Self(Arc::new(directory))),
            Err(error) => Err(Error::configuration(format!(
                "the data directory `{}` cannot be opened: {error}",
                path.display()
            ))),
        }
    }

    /// Opens a regular file, wherever below the directory links lead. May block.
    ///
    /// Each part of the path is followed from the open directory (on Linux by `openat2` with `RESOLVE_BENEATH`), so there
    /// is no moment between a check and its use. A link out of the directory is refused, an absolute one always. What
    /// cannot be told from a file of the directory is a hard link, and what is mounted there.
    ///
    /// # Errors
    /// `NOT_FOUND`, `FORBIDDEN` or `VALIDATION_ERROR`, which end the request, and a failure of the system, which may pass.
    pub(super) fn open_file(&self, source: &SourcePath) -> std::result::Result<File, HandlerError> {
        // First by its path: opening a device can have effects.
        if !self.0.metadata(&source.path).map_err(not_opened)?.is_file() {
            return Err(no_regular_file());
        }
        // It may have been replaced meanwhile: by a pipe, whose opening waits for a writer.
        let mut options = OpenOptions::new();
        options.read(true).nonblock(true);
        let file = self.0.open_with(&source.path, &options).map_err(not_opened)?.into_std();
        if file.metadata().map_err(not_opened)?.is_file() { Ok(file) } else { Err(no_regular_file()) }
    }
}

fn no_regular_file() -> HandlerError {
    HandlerError::fail("`source` is no regular file").with_code(Code::ValidationError)
}

fn not_opened(error: io::Error) -> HandlerError {
    use io::ErrorKind::{InvalidFilename, NotADirectory, NotFound, PermissionDenied};

    match error.kind() {
        NotFound | NotADirectory | InvalidFilename => {
            HandlerError::fail("there is no file `source` in the data directory").with_code(Code::NotFound)
        }
        PermissionDenied => {
            HandlerError::fail("`source` leads out of the data directory, or may not be read")
                .with_code(Code::Forbidden)
        }
        kind => HandlerError::retry(format!("`source` cannot be opened: {kind}")),
    }
}

#[cfg(test)]
mod tests;
