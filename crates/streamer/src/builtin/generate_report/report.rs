//! A report, as it is stored.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{groups::Group, tally::Tally, unreadable::Unreadable};
use crate::handler::HandlerError;

/// The rows of a file by one of their columns, and the sum of another one.
#[derive(Debug, Serialize)]
pub struct Report {
    source: String,
    groups: Vec<ReportGroup>,
    /// The rows of all groups.
    rows: u64,
    sum: Box<RawValue>,
    /// What is in no group.
    unreadable: Unreadable,
}

#[derive(Debug, Serialize)]
struct ReportGroup {
    group: String,
    rows: u64,
    /// A number with all its digits.
    sum: Box<RawValue>,
}

impl Report {
    /// The report of a file that was read to its end.
    ///
    /// # Errors
    /// None: a sum is always a number of JSON.
    pub(super) fn of(source: String, tally: Tally) -> Result<Self, HandlerError> {
        let groups = tally.groups.iter().map(|(name, group)| {
            Ok(ReportGroup { group: name.to_owned(), rows: group.rows, sum: number(group)? })
        });
        let total = tally.groups.total();
        Ok(Self {
            source,
            groups: groups.collect::<Result<_, HandlerError>>()?,
            rows: total.rows,
            sum: number(total)?,
            unreadable: tally.unreadable,
        })
    }
}

fn number(group: Group) -> Result<Box<RawValue>, HandlerError> {
    RawValue::from_string(group.sum.to_string()).map_err(|_| HandlerError::fail("a sum is no number of JSON"))
}
