//! Which state of a file was read.

use std::{fs::File, io, time::SystemTime};

use serde::{Deserialize, Serialize};

/// Which state of a file was read: another one has another length, or was written at another time.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct FileVersion {
    pub(super) length: u64,
    /// When it was written last, in nanoseconds since 1970; none where the system does not say.
    modified: Option<i64>,
}

impl FileVersion {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let modified = metadata.modified().ok().and_then(nanoseconds);
        Ok(Self { length: metadata.len(), modified })
    }

    /// Whether nothing was written between the two, as far as the system tells.
    pub(super) fn is_same(self, other: Self) -> bool {
        self == other && self.modified.is_some()
    }
}

fn nanoseconds(instant: SystemTime) -> Option<i64> {
    match instant.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_nanos()).ok(),
        Err(before) => i64::try_from(before.duration().as_nanos()).ok().map(|nanoseconds| -nanoseconds),
    }
}
