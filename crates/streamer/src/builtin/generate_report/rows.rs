//! The rows of a file, in whichever format.

use super::{
    csv::{Columns, CsvRows},
    format::Format,
    json_lines::JsonLines,
    position::Position,
    request::ReportRequest,
    tally::Tally,
};
use crate::handler::HandlerError;

/// Reads the rows of a file out of its bytes, wherever they are cut.
#[derive(Debug)]
pub(super) enum Rows {
    Csv(Box<CsvRows>),
    JsonLines(JsonLines),
}

impl Rows {
    /// Reads on from the start of a row, with what was known of the columns there.
    pub(super) fn from(
        format: Format,
        position: Position,
        columns: Option<Columns>,
        request: &ReportRequest,
    ) -> Self {
        match format {
            Format::Csv => Self::Csv(Box::new(CsvRows::from(position, columns, request))),
            Format::JsonLines => Self::JsonLines(JsonLines::from(position, request)),
        }
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// When no report can be made of it: too many groups, or a column that is not there.
    pub(super) fn push(&mut self, bytes: &[u8], tally: &mut Tally) -> Result<(), HandlerError> {
        match self {
            Self::Csv(rows) => rows.push(bytes, tally),
            Self::JsonLines(rows) => rows.push(bytes, tally),
        }
    }

    /// Takes the end of the file.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub(super) fn finish(&mut self, tally: &mut Tally) -> Result<(), HandlerError> {
        match self {
            Self::Csv(rows) => rows.finish(tally),
            Self::JsonLines(rows) => rows.finish(tally),
        }
    }

    /// Where the first row begins that was not taken whole.
    pub(super) fn position(&self) -> Position {
        match self {
            Self::Csv(rows) => rows.position(),
            Self::JsonLines(rows) => rows.position(),
        }
    }

    /// Where the columns are, of a format that says it once.
    pub(super) fn columns(&self) -> Option<Columns> {
        match self {
            Self::Csv(rows) => rows.columns(),
            Self::JsonLines(_) => None,
        }
    }

    /// How much room it has for what is held of a row.
    #[cfg(test)]
    pub(super) fn held_bytes(&self) -> usize {
        match self {
            Self::Csv(rows) => rows.held_bytes(),
            Self::JsonLines(rows) => rows.held_bytes(),
        }
    }
}
