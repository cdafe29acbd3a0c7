//! The reading of a file, a slice at a time.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
};

use super::{
    checkpoint::ReportCheckpoint, format::Format, position::Position, request::ReportRequest, rows::Rows,
    tally::Tally, version::FileVersion,
};
use crate::handler::HandlerError;

/// How many bytes a slice has. Between two of them a checkpoint is kept and progress is shown; one takes a fraction of a
/// second.
const SLICE_BYTES: u64 = 4 * 1024 * 1024;

/// How many bytes are read at once. Between two reads it is looked whether the report is still wanted.
const CHUNK_BYTES: u64 = 256 * 1024;

/// What UTF-8 may begin with, which is no part of the first row.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A file that is being read. What blocks is to be called on a thread that may.
#[derive(Debug)]
pub(super) struct Reading {
    file: File,
    version: FileVersion,
    /// How much of the file was read.
    offset: u64,
    chunk: Vec<u8>,
    rows: Rows,
    tally: Tally,
}

/// How a slice ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum SliceEnd {
    /// There is more to read.
    More,
    /// The file was read to its end.
    EndOfFile,
    /// The report is no longer wanted.
    Cancelled,
}

impl Reading {
    /// Begins where a checkpoint was kept, or with the file where there is none of its present state. May block.
    ///
    /// # Errors
    /// A failure of the system, which may pass.
    pub(super) fn begin(
        mut file: File,
        format: Format,
        request: &ReportRequest,
        checkpoint: Option<ReportCheckpoint>,
    ) -> Result<Self, HandlerError> {
        let version = FileVersion::of(&file).map_err(not_read)?;
        let kept = checkpoint.filter(|checkpoint| {
            checkpoint.version.is_same(version) && checkpoint.position.offset <= version.length
        });
        let resumed = kept.and_then(|kept| {
            let (position, columns) = (kept.position, kept.columns);
            Some((position, columns, kept.into_tally()?))
        });
        let (position, columns, tally) = match resumed {
            Some(resumed) => resumed,
            None => (Position::first(mark_length(&mut file).map_err(not_read)?), None, Tally::default()),
        };
        file.seek(SeekFrom::Start(position.offset)).map_err(not_read)?;
        let rows = Rows::from(format, position, columns, request);
        Ok(Self { file, version, offset: position.offset, chunk: Vec::new(), rows, tally })
    }

    /// Reads the next slice. Blocks.
    ///
    /// # Errors
    /// When no report can be made of the file; when it changed; a failure of the system, which may pass.
    pub(super) fn read_slice(&mut self, is_cancelled: impl Fn() -> bool) -> Result<SliceEnd, HandlerError> {
        let slice_end = self.offset.saturating_add(SLICE_BYTES).min(self.version.length);
        while self.offset < slice_end {
            if is_cancelled() {
                return Ok(SliceEnd::Cancelled);
            }
            self.read_chunk(CHUNK_BYTES.min(slice_end - self.offset))?;
        }
        if self.offset < self.version.length {
            return Ok(SliceEnd::More);
        }
        self.rows.finish(&mut self.tally)?;
        // What was written meanwhile may stand in the report or not, the half of a row too.
        if FileVersion::of(&self.file).map_err(not_read)? == self.version {
            Ok(SliceEnd::EndOfFile)
        } else {
            Err(changed())
        }
    }

    fn read_chunk(&mut self, bytes: u64) -> Result<(), HandlerError> {
        self.chunk.clear();
        let read = (&self.file).take(bytes).read_to_end(&mut self.chunk).map_err(not_read)?;
        if read == 0 {
            return Err(changed());
        }
        self.offset += read as u64;
        self.rows.push(&self.chunk, &mut self.tally)
    }

    /// How many bytes of the file were read, and how many it has.
    pub(super) fn bytes(&self) -> (u64, u64) {
        (self.offset, self.version.length)
    }

    /// What a later attempt can go on from.
    pub(super) fn checkpoint(&self) -> ReportCheckpoint {
        ReportCheckpoint::of(self.version, self.rows.position(), self.rows.columns(), &self.tally)
    }

    /// What was read.
    pub(super) fn into_tally(self) -> Tally {
        self.tally
    }
}

/// How many bytes a byte order mark has at the start of a file.
fn mark_length(file: &mut File) -> io::Result<u64> {
    file.rewind()?;
    let mut start = Vec::new();
    file.take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut start)?;
    Ok(if start == BYTE_ORDER_MARK { start.len() as u64 } else { 0 })
}

fn not_read(error: io::Error) -> HandlerError {
    HandlerError::retry(format!("`source` cannot be read: {}", error.kind()))
}

fn changed() -> HandlerError {
    HandlerError::retry("`source` changed while it was read")
}

#[cfg(test)]
mod tests;
