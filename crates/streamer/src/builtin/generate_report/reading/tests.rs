//! Reports of files as they are found.

mod changes;
mod csv;
mod json_lines;
mod limits;
mod resumption;

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use tempfile::TempDir;

use super::{Reading, SliceEnd};
use crate::{
    builtin::generate_report::{format::Format, report::Report, request::ReportRequest},
    handler::HandlerError,
};

/// A file of a directory that goes with it.
struct SourceFile {
    _directory: TempDir,
    path: PathBuf,
    format: Format,
}

impl SourceFile {
    fn new(format: Format, content: impl AsRef<[u8]>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("source");
        fs::write(&path, content).unwrap();
        Self { _directory: directory, path, format }
    }

    fn begin(&self) -> Reading {
        Reading::begin(fs::File::open(&self.path).unwrap(), self.format, &request(), None).unwrap()
    }
}

/// The sum of `amount` by `region`.
fn request() -> ReportRequest {
    ReportRequest { source: "source".to_owned(), group_by: "region".to_owned(), sum: "amount".to_owned() }
}

/// Reads to the end.
fn finish(mut reading: Reading) -> Result<Report, HandlerError> {
    while reading.read_slice(|| false)? == SliceEnd::More {}
    Report::of("source".to_owned(), reading.into_tally())
}

fn report(format: Format, content: impl AsRef<[u8]>) -> Result<Told, HandlerError> {
    finish(SourceFile::new(format, content).begin()).map(|report| Told::of(&report))
}

/// What a client is told, the numbers as they are written.
#[derive(Debug, PartialEq)]
struct Told {
    groups: Vec<(String, u64, String)>,
    rows: u64,
    sum: String,
    unreadable_rows: u64,
    /// Line and reason of those that are named.
    unreadable: Vec<(u64, String)>,
}

impl Told {
    fn of(report: &Report) -> Self {
        let text = serde_json::to_string(report).unwrap();
        let members: BTreeMap<&str, &RawValue> = serde_json::from_str(&text).unwrap();
        let groups: Vec<BTreeMap<&str, &RawValue>> = serde_json::from_str(members["groups"].get()).unwrap();
        let unreadable: Unreadable = serde_json::from_str(members["unreadable"].get()).unwrap();
        Self {
            groups: groups
                .iter()
                .map(|group| (read(group["group"]), read(group["rows"]), group["sum"].get().to_owned()))
                .collect(),
            rows: read(members["rows"]),
            sum: members["sum"].get().to_owned(),
            unreadable_rows: unreadable.rows,
            unreadable: unreadable.first.into_iter().map(|row| (row.line, row.reason)).collect(),
        }
    }

    /// The groups as `name: rows, sum`.
    fn groups(&self) -> Vec<String> {
        self.groups.iter().map(|(name, rows, sum)| format!("{name}: {rows}, {sum}")).collect()
    }

    fn unreadable(&self) -> Vec<(u64, &str)> {
        self.unreadable.iter().map(|(line, reason)| (*line, reason.as_str())).collect()
    }
}

#[derive(Deserialize)]
struct Unreadable {
    rows: u64,
    first: Vec<UnreadableRow>,
}

#[derive(Deserialize)]
struct UnreadableRow {
    line: u64,
    reason: String,
}

fn read<T: DeserializeOwned>(value: &RawValue) -> T {
    serde_json::from_str(value.get()).unwrap()
}
