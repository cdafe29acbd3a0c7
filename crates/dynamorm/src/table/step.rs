use std::{fmt, sync::Arc};

use dynamorm_core::model::StreamView;

use super::drift::Drift;

/// One request of a migration that changes the table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationStep {
    /// Makes the table, with all indexes and its stream.
    CreateTable,
    /// Removes a global secondary index.
    DropIndex {
        /// The index's name.
        index: String,
    },
    /// Makes a global secondary index and fills it from the table.
    AddIndex {
        /// The index's name.
        index: &'static str,
    },
    /// Ends the table's stream.
    DisableStream,
    /// Begins a stream.
    EnableStream {
        /// What its records hold.
        view: StreamView,
    },
    /// Lets items expire.
    SetTimeToLive {
        /// The attribute by which they do.
        attribute: &'static str,
    },
}

impl fmt::Display for MigrationStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateTable => f.write_str("make the table"),
            Self::DropIndex { index } => write!(f, "drop index `{index}`"),
            Self::AddIndex { index } => write!(f, "add index `{index}`"),
            Self::DisableStream => f.write_str("end the stream"),
            Self::EnableStream { view } => write!(f, "begin a stream of `{view}`"),
            Self::SetTimeToLive { attribute } => write!(f, "let items expire by `{attribute}`"),
        }
    }
}

/// What [`migrate_table`](crate::Db::migrate_table) did, and what it left as it was.
///
/// What is left breaks nothing, or the migration would have failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    table: Arc<str>,
    steps: Vec<MigrationStep>,
    left: Vec<Drift>,
}

impl Migration {
    pub(crate) fn new(table: Arc<str>, steps: Vec<MigrationStep>, left: Vec<Drift>) -> Self {
        Self { table, steps, left }
    }

    /// The table's name, as it is sent.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// What was done by this call, in order; nothing where the table was as the model needs it.
    pub fn steps(&self) -> &[MigrationStep] {
        &self.steps
    }

    /// The drifts that are left: indexes that the model does not know and nobody named, and what only costs.
    pub fn left(&self) -> &[Drift] {
        &self.left
    }
}
