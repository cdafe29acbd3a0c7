use std::fmt::Write as _;

use clap::Args;
use serde::Serialize;
use streamer_store::{Drift, DriftReport, Remedy};

use crate::{
    cli::{global::Global, output::Output},
    database::{self, Absent},
    error::{Error, ErrorKind, Result},
};

/// Compare the store's tables with what this version needs; exit code 1 when it cannot work on them.
///
/// Changes nothing. Each difference is shown with its remedy, and whether it breaks anything or merely differs: an index
/// that is not the store's, provisioned capacity.
#[derive(Args, Debug)]
pub(crate) struct Verify {}

impl Verify {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        let db = database::connect(&global.db, Absent::Refuse).await?;
        let reports = global.stores(db).verify_tables().await?;
        let tables: Vec<_> = reports.iter().map(Verified::from).collect();
        output.value(&tables, |tables| tables.iter().map(Verified::describe).collect())?;
        match tables.iter().filter(|table| !table.fits).count() {
            0 => Ok(()),
            1 => Err(Error::new(ErrorKind::Failed, "1 table is not what this version needs")),
            tables => {
                Err(Error::new(ErrorKind::Failed, format!("{tables} tables are not what this version needs")))
            }
        }
    }
}

/// A table as it is printed.
#[derive(Serialize)]
struct Verified {
    name: String,
    fits: bool,
    drifts: Vec<Difference>,
}

/// A drift as it is printed.
#[derive(Serialize)]
pub(super) struct Difference {
    kind: &'static str,
    breaking: bool,
    finding: String,
    remedy: String,
}

impl From<&DriftReport> for Verified {
    fn from(report: &DriftReport) -> Self {
        Self {
            name: report.table().to_owned(),
            fits: report.fits(),
            drifts: Difference::of(report.table(), report.drifts()),
        }
    }
}

impl Verified {
    fn describe(&self) -> String {
        if self.drifts.is_empty() {
            return format!("{}: as this version needs it\n", self.name);
        }
        format!("{}:\n{}", self.name, Difference::describe(&self.drifts))
    }
}

impl Difference {
    pub(super) fn of(table: &str, drifts: &[Drift]) -> Vec<Self> {
        let difference = |drift: &Drift| Self {
            kind: drift.name(),
            breaking: drift.is_breaking(),
            finding: drift.finding().to_string(),
            remedy: remedy(table, &drift.remedy()),
        };
        drifts.iter().map(difference).collect()
    }

    /// Two lines for each.
    pub(super) fn describe(differences: &[Self]) -> String {
        let mut text = String::new();
        for difference in differences {
            let weight = if difference.breaking { "breaks" } else { "differs" };
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "  {weight:<9}{}", difference.finding);
            let _ = writeln!(text, "           {}", difference.remedy);
        }
        text
    }
}

/// A remedy in the words of the command line.
fn remedy(table: &str, remedy: &Remedy) -> String {
    match remedy {
        Remedy::EnsureTable => "`streamer tables ensure` makes it".to_owned(),
        Remedy::MigrateTable => "`streamer tables migrate` adds it".to_owned(),
        Remedy::Wait => "wait, as `streamer tables migrate` does".to_owned(),
        Remedy::DropIndex(index) => {
            format!(
                "if nothing else uses it, `streamer tables migrate --drop-index {table}/{index}` removes it"
            )
        }
        Remedy::ReplaceIndex(index) => {
            format!("`streamer tables migrate --replace-index {table}/{index}` drops it and makes it anew")
        }
        remedy => remedy.to_string(),
    }
}
