//! The rows of a CSV file.

use std::ops::Range;

use csv_core::ReadRecordResult;
use dynamorm::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    amount::parse_amount,
    limits::{MAX_FIELDS, MAX_ROW_BYTES},
    position::Position,
    request::ReportRequest,
    tally::Tally,
};
use crate::{handler::HandlerError, protocol::Code};

/// Reads the rows of a CSV file out of its bytes, wherever they are cut.
///
/// By `csv_core`, which `csv` is built on: `csv` itself holds a whole row, and a quote that is never closed makes all the
/// rest of a file one row. Quoting is that of RFC 4180; CRLF, LF and CR end a row; empty lines are no rows.
#[derive(Debug)]
pub(super) struct CsvRows {
    group_by: String,
    sum: String,
    /// None until the header is read.
    columns: Option<Columns>,
    reader: csv_core::Reader,
    /// What was taken so far, in bytes from the start of the file.
    offset: u64,
    /// Where the row began that is being read; none between two rows.
    begun: Option<Position>,
    row: Row,
}

/// Where the columns are that a report is of.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Columns {
    /// How many there are.
    count: usize,
    group_by: usize,
    sum: usize,
}

/// The row that is being read.
#[derive(Debug, Default)]
struct Row {
    text: Vec<u8>,
    text_length: usize,
    /// Where in the text the fields end.
    ends: Vec<usize>,
    fields: usize,
    is_too_long: bool,
    has_open_quote: bool,
}

impl CsvRows {
    /// Reads on from the start of a row; from the header where the columns are not known.
    pub(super) fn from(position: Position, columns: Option<Columns>, request: &ReportRequest) -> Self {
        let mut reader = csv_core::Reader::new();
        // It drops a byte order mark before the first row that it sees, which may be any row: let that be an empty line.
        let _ = reader.read_record(b"\n", &mut [0], &mut [0]);
        reader.set_line(position.line);
        Self {
            group_by: request.group_by.clone(),
            sum: request.sum.clone(),
            columns,
            reader,
            offset: position.offset,
            begun: None,
            row: Row::default(),
        }
    }

    /// Takes the next bytes of the file.
    pub(super) fn push(&mut self, bytes: &[u8], tally: &mut Tally) -> Result<(), HandlerError> {
        let mut rest = bytes;
        loop {
            if self.begun.is_none() {
                rest = self.skip_line_ends(rest);
            }
            // An empty input means the end of the file to the reader.
            if rest.is_empty() {
                return Ok(());
            }
            self.begun.get_or_insert(Position { offset: self.offset, line: self.reader.line() });
            let (result, read) = self.row.read(&mut self.reader, rest);
            self.offset += read as u64;
            rest = &rest[read..];
            if result == ReadRecordResult::Record {
                self.end_row(tally)?;
            }
        }
    }

    /// Takes the end of the file.
    pub(super) fn finish(&mut self, tally: &mut Tally) -> Result<(), HandlerError> {
        while self.begun.is_some() {
            match self.row.read(&mut self.reader, &[]).0 {
                ReadRecordResult::Record => self.end_row(tally)?,
                ReadRecordResult::End | ReadRecordResult::InputEmpty => self.begun = None,
                // There is more room now.
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {}
            }
        }
        match self.columns {
            Some(_) => Ok(()),
            None => Err(HandlerError::fail("`source` is empty; a CSV file has a header")
                .with_code(Code::ValidationError)),
        }
    }

    /// Where the first row begins that was not taken whole.
    pub(super) fn position(&self) -> Position {
        self.begun.unwrap_or(Position { offset: self.offset, line: self.reader.line() })
    }

    pub(super) fn columns(&self) -> Option<Columns> {
        self.columns
    }

    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
        self.row.text.capacity() + self.row.ends.capacity() * size_of::<usize>()
    }

    /// Passes over the rest of a line end and over empty lines, so that a row begins where its first byte is.
    fn skip_line_ends<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let skipped = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let (skipped, rest) = bytes.split_at(skipped);
        let lines = skipped.iter().filter(|byte| **byte == b'\n').count();
        self.offset += skipped.len() as u64;
        self.reader.set_line(self.reader.line() + lines as u64);
        rest
    }

    fn end_row(&mut self, tally: &mut Tally) -> Result<(), HandlerError> {
        let line = self.position().line;
        self.begun = None;
        let taken = match self.columns {
            Some(columns) => tally.take(line, self.amount_in(columns)),
            None => self.find_columns().map(|columns| self.columns = Some(columns)),
        };
        self.row.clear();
        taken
    }

    fn amount_in(&self, columns: Columns) -> Result<(&str, Decimal), String> {
        self.row.check()?;
        if self.row.fields != columns.count {
            return Err(format!("it has {} fields; the header has {}", self.row.fields, columns.count));
        }
        let fields = self.row.fields()?;
        let field = |index| fields.get(index).ok_or_else(not_utf8);
        let amount = parse_amount(field(columns.sum)?, &self.sum)?;
        Ok((field(columns.group_by)?, amount))
    }

    fn find_columns(&self) -> Result<Columns, HandlerError> {
        let unreadable = |reason| {
            HandlerError::fail(format!("the header of `source` is unreadable: {reason}"))
                .with_code(Code::ValidationError)
        };
        self.row.check().map_err(unreadable)?;
        let fields = self.row.fields().map_err(unreadable)?;
        Ok(Columns {
            count: self.row.fields,
            group_by: fields.position(&self.group_by).map_err(|reason| no_column("group_by", reason))?,
            sum: fields.position(&self.sum).map_err(|reason| no_column("sum", reason))?,
        })
    }
}

impl Row {
    /// Reads on in a row, and makes room for more of it where it is full. Says how many bytes it read.
    fn read(&mut self, reader: &mut csv_core::Reader, bytes: &[u8]) -> (ReadRecordResult, usize) {
        let (result, read, written, ended) = reader.read_record(
            bytes,
            self.text.get_mut(self.text_length..).unwrap_or_default(),
            self.ends.get_mut(self.fields..).unwrap_or_default(),
        );
        self.text_length += written;
        self.fields += ended;
        let quotes = bytes.iter().take(read).filter(|byte| **byte == b'"').count();
        self.has_open_quote ^= quotes % 2 == 1;
        match result {
            ReadRecordResult::OutputFull if self.text.len() >= MAX_ROW_BYTES => self.pass_over(),
            ReadRecordResult::OutputFull => self.text.resize((self.text.len() * 2).max(4096), 0),
            ReadRecordResult::OutputEndsFull if self.ends.len() >= MAX_FIELDS => self.pass_over(),
            ReadRecordResult::OutputEndsFull => self.ends.resize((self.ends.len() * 2).max(64), 0),
            ReadRecordResult::InputEmpty | ReadRecordResult::Record | ReadRecordResult::End => {}
        }
        (result, read)
    }

    /// Holds nothing more of the row than that it is too long.
    fn pass_over(&mut self) {
        self.clear();
        self.is_too_long = true;
    }

    fn clear(&mut self) {
        self.text_length = 0;
        self.fields = 0;
        self.is_too_long = false;
        self.has_open_quote = false;
    }

    /// Says why nothing can be read of the row, if so.
    fn check(&self) -> Result<(), String> {
        if self.is_too_long {
            return Err(format!("it is longer than {MAX_ROW_BYTES} bytes or {MAX_FIELDS} fields"));
        }
        if self.has_open_quote {
            return Err("it has a quote without its other one".to_owned());
        }
        Ok(())
    }

    fn fields(&self) -> Result<Fields<'_>, String> {
        let text = self.text.get(..self.text_length).unwrap_or_default();
        let ends = self.ends.get(..self.fields).unwrap_or_default();
        Ok(Fields { text: std::str::from_utf8(text).map_err(|_| not_utf8())?, ends })
    }
}

/// The fields of a row.
#[derive(Clone, Copy)]
struct Fields<'a> {
    text: &'a str,
    ends: &'a [usize],
}

impl<'a> Fields<'a> {
    /// A field; none if it is cut within a character, of which the next field has the rest.
    fn get(self, index: usize) -> Option<&'a str> {
        self.text.get(self.range(index)?)
    }

    fn range(self, index: usize) -> Option<Range<usize>> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        Some(start..*self.ends.get(index)?)
    }

    /// Which field is this one, and the only one.
    fn position(self, name: &str) -> Result<usize, &'static str> {
        let mut found = (0..self.ends.len()).filter(|index| self.get(*index) == Some(name));
        match (found.next(), found.next()) {
            (Some(index), None) => Ok(index),
            (None, _) => Err("has no column of that name"),
            (Some(_), Some(_)) => Err("has two columns of that name"),
        }
    }
}

fn no_column(field: &str, reason: &str) -> HandlerError {
    HandlerError::fail(format!("`{field}` names no column: the header of `source` {reason}"))
        .with_code(Code::ValidationError)
        .with_details(&serde_json::json!({ "field": field }))
}

fn not_utf8() -> String {
    "it is not UTF-8".to_owned()
}
