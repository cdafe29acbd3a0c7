//! What a report is asked for with.

use serde::Deserialize;

use super::{
    limits::{MAX_COLUMN_BYTES, MAX_SOURCE_BYTES},
    source::SourcePath,
};
use crate::protocol::Failure;

/// Which file to read, and what to make of it.
#[derive(Clone, Debug, Deserialize)]
pub struct ReportRequest {
    /// The file: a path below the data directory.
    pub(super) source: String,
    /// The column whose values are the groups.
    pub(super) group_by: String,
    /// The column that is summed up.
    pub(super) sum: String,
}

impl ReportRequest {
    /// The path of the file, if the whole request may be one.
    ///
    /// # Errors
    /// What is wrong with it, by its member.
    pub(super) fn check(&self) -> Result<SourcePath, Failure> {
        for (field, column) in [("group_by", &self.group_by), ("sum", &self.sum)] {
            if column.is_empty() {
                return Err(Failure::invalid(
                    field,
                    format!("`payload.{field}` is empty; it names a column"),
                ));
            }
            at_most(field, column, MAX_COLUMN_BYTES)?;
        }
        at_most("source", &self.source, MAX_SOURCE_BYTES)?;
        SourcePath::parse(&self.source).map_err(|reason| Failure::invalid("source", reason))
    }
}

fn at_most(field: &str, text: &str, limit: usize) -> Result<(), Failure> {
    match text.len() {
        bytes if bytes > limit => {
            Err(Failure::invalid(field, format!("`payload.{field}` has {bytes} bytes; the limit is {limit}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(source: &str, group_by: &str, sum: &str) -> Option<String> {
        let request = ReportRequest { source: source.into(), group_by: group_by.into(), sum: sum.into() };
        let failure = request.check().err()?;
        Some(failure.details.unwrap().to_value()["field"].as_str().unwrap().to_owned())
    }

    #[test]
    fn names_two_columns_and_a_file() {
        let long = "a".repeat(MAX_COLUMN_BYTES + 1);

        assert_eq!(refused("a.csv", "region", "amount"), None);
        assert_eq!(refused("a.csv", "", "amount").as_deref(), Some("group_by"));
        assert_eq!(refused("a.csv", "region", "").as_deref(), Some("sum"));
        assert_eq!(refused("a.csv", "region", &long).as_deref(), Some("sum"));
        assert_eq!(refused("", "region", "amount").as_deref(), Some("source"));
        let long = format!("{}.csv", "a/".repeat(MAX_SOURCE_BYTES / 2));
        assert_eq!(refused(&long, "region", "amount").as_deref(), Some("source"));
    }
}
