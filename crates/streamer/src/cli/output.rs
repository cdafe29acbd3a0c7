//! What commands print: tables for people, JSON for programs.

use std::io::{self, ErrorKind as IoErrorKind, Write};

use comfy_table::{Table, presets};
use serde::Serialize;
use serde_json::json;

use crate::error::{Error, ErrorKind, Result};

/// The most characters of a value in a table for people. JSON has all of them.
const CELL_CHARACTERS: usize = 64;

/// Prints in the form that the command line asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints one value: as JSON, or as the lines that `people` makes of it.
    pub(super) fn value<T: Serialize>(&self, value: &T, people: impl FnOnce(&T) -> String) -> Result<()> {
        if self.json { print_json(value) } else { self.text(&people(value)) }
    }

    /// Prints a list: as a bare JSON array, or as a table of these columns.
    pub(super) fn list<T: Serialize, const N: usize>(
        &self,
        items: &[T],
        columns: [&str; N],
        cells: impl Fn(&T) -> [String; N],
    ) -> Result<()> {
        if self.json {
            return print_json(&items);
        }
        self.text(&table(columns, items.iter().map(cells)))
    }

    /// Prints one value of many as they come: as JSON in one line, or as the line that `people` makes of it.
    pub(super) fn line<T: Serialize>(&self, value: &T, people: impl FnOnce(&T) -> String) -> Result<()> {
        if !self.json {
            return print(&people(value));
        }
        print(&serde_json::to_string(value).map_err(no_json)?)
    }

    /// Prints a text, and a newline unless it ends with one.
    pub(super) fn text(&self, text: &str) -> Result<()> {
        print(text)
    }

    /// Whether JSON is asked for.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// Prints an error with its causes on standard error.
    pub(super) fn error(&self, error: &Error) {
        let mut lines = String::new();
        if self.json {
            let causes = error.causes();
            let error = json!({
                "kind": error.kind().as_str(),
                "message": error.to_string(),
                "causes": causes,
                "exitCode": error.kind().exit_code(),
            });
            lines.push_str(&json!({ "error": error }).to_string());
        } else {
            lines.push_str(&format!("error: {error}"));
            for cause in error.causes() {
                lines.push_str(&format!("\n  because: {cause}"));
            }
        }
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(io::stderr().lock(), "{lines}");
    }
}

/// A table for people.
pub(super) fn table<const N: usize>(
    columns: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(columns);
    for row in rows {
        table.add_row(row.map(|cell| printable(&shortened(&cell))));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

/// What a table shows of a value: an id may be long enough to fill the screen.
fn shortened(cell: &str) -> String {
    match cell.char_indices().nth(CELL_CHARACTERS) {
        Some((end, _)) => format!("{}…", &cell[..end]),
        None => cell.to_owned(),
    }
}

/// Escapes control characters, so that an id that a client chose cannot drive the reader's terminal.
pub(super) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible_direction(c) {
            printable.extend(c.escape_unicode());
        } else {
            printable.push(c);
        }
    }
    printable
}

/// Characters that reorder the text around them (Unicode, bidirectional formatting).
fn is_invisible_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn print_json<T: Serialize>(value: &T) -> Result<()> {
    print(&serde_json::to_string_pretty(value).map_err(no_json)?)
}

fn no_json(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Failed, "the answer is no JSON").caused_by(error)
}

fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    let end = if text.ends_with('\n') { "" } else { "\n" };
    match write!(stdout, "{text}{end}").and_then(|()| stdout.flush()) {
        // A reader such as `head` has what it wanted.
        Err(error) if error.kind() == IoErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Error::new(ErrorKind::Failed, "cannot write to standard output").caused_by(error)),
        Ok(()) => Ok(()),
    }
}
