use std::{
    io,
    path::{Path, PathBuf},
};

use crate::error::{Error, ErrorKind};

/// The one name of a database file that all its names lead to, so that they share one lock.
pub(crate) fn canonical(path: &Path) -> Result<PathBuf, Error> {
    let shown = path.display();
    let invalid = |message: String| Error::new(ErrorKind::InvalidPath, message);
    let canonical = match path.canonicalize() {
        Ok(canonical) => canonical,
        Err(source) if source.kind() == io::ErrorKind::NotFound => {
            if path.is_symlink() {
                return Err(invalid(format!("`{shown}` is a symbolic link to a file that does not exist")));
            }
            let name = path.file_name().ok_or_else(|| invalid(format!("`{shown}` does not name a file")))?;
            let folder = match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            };
            let folder = folder.canonicalize().map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => invalid(format!(
                    "folder `{}` of database `{shown}` does not exist; create it",
                    folder.display()
                ))
                .with_source(source),
                _ => Error::from_io("cannot open folder", folder, source),
            })?;
            folder.join(name)
        }
        Err(source) => return Err(Error::from_io("cannot open database", path, source)),
    };
    if canonical.to_str().is_none() {
        return Err(invalid(format!("path `{shown}` is not UTF-8")));
    }
    Ok(canonical)
}
