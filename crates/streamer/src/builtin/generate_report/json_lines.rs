//! The rows of a file of JSON lines.

use super::{
    json_row::JsonRow, limits::MAX_ROW_BYTES, position::Position, request::ReportRequest, tally::Tally,
};
use crate::handler::HandlerError;

/// Reads the rows of a file of JSON lines out of its bytes, wherever they are cut. LF ends a line; blank lines are no rows.
#[derive(Debug)]
pub(super) struct JsonLines {
    row: JsonRow,
    /// Where the next row begins.
    next: Position,
    /// What is there of it, where its end was not seen; up to the limit.
    held: Vec<u8>,
    /// How many bytes there are of it, held or not.
    begun: u64,
}

impl JsonLines {
    /// Reads on from the start of a line.
    pub(super) fn from(position: Position, request: &ReportRequest) -> Self {
        Self { row: JsonRow::of(request), next: position, held: Vec::new(), begun: 0 }
    }

    /// Takes the next bytes of the file.
    pub(super) fn push(&mut self, bytes: &[u8], tally: &mut Tally) -> Result<(), HandlerError> {
        let mut rest = bytes;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = (&rest[..end], &rest[end + 1..]);
            rest = after;
            if self.begun == 0 {
                self.take_line(line, tally)?;
            } else {
                self.hold(line);
                self.take_held(tally)?;
            }
            self.next = Position {
                offset: self.next.offset + self.begun.max(line.len() as u64) + 1,
                line: self.next.line + 1,
            };
            self.begun = 0;
        }
        self.hold(rest);
        Ok(())
    }

    /// Takes the end of the file.
    pub(super) fn finish(&mut self, tally: &mut Tally) -> Result<(), HandlerError> {
        self.take_held(tally)
    }

    /// Where the first row begins that was not taken whole.
    pub(super) fn position(&self) -> Position {
        self.next
    }

    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
        self.held.capacity()
    }

    fn hold(&mut self, bytes: &[u8]) {
        self.begun += bytes.len() as u64;
        // One byte more than a row may have tells that it is too long.
        let room = (MAX_ROW_BYTES + 1).saturating_sub(self.held.len());
        self.held.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn take_held(&mut self, tally: &mut Tally) -> Result<(), HandlerError> {
        let mut held = std::mem::take(&mut self.held);
        let taken = self.take_line(&held, tally);
        held.clear();
        self.held = held;
        taken
    }

    fn take_line(&self, line: &[u8], tally: &mut Tally) -> Result<(), HandlerError> {
        if line.len() > MAX_ROW_BYTES {
            return tally.take(self.next.line, Err(format!("it is longer than {MAX_ROW_BYTES} bytes")));
        }
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        match self.row.read(line) {
            Ok((group, amount)) => tally.take(self.next.line, Ok((&group, amount))),
            Err(reason) => tally.take(self.next.line, Err(reason)),
        }
    }
}
