use std::{fmt, sync::Arc};

use super::drift::Drift;

/// What [`verify_table`](crate::Db::verify_table) found: every drift of one table from one model.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a table that does not fit its model is found, not repaired"]
pub struct DriftReport {
    table: Arc<str>,
    drifts: Vec<Drift>,
}

impl DriftReport {
    pub(crate) fn new(table: Arc<str>, drifts: Vec<Drift>) -> Self {
        Self { table, drifts }
    }

    /// The table's name, as it is sent.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// Every drift.
    pub fn drifts(&self) -> &[Drift] {
        &self.drifts
    }

    /// Whether the model works on this table: no drift is [breaking](Drift::is_breaking).
    pub fn fits(&self) -> bool {
        !self.drifts.iter().any(Drift::is_breaking)
    }

    /// Whether nothing differs at all.
    pub fn is_empty(&self) -> bool {
        self.drifts.is_empty()
    }
}

/// A line for each drift, or one that says that there is none.
impl fmt::Display for DriftReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return write!(f, "table `{}` is as its model needs it", self.table);
        }
        for (position, drift) in self.drifts.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(f, "{separator}table `{}`: {drift}", self.table)?;
        }
        Ok(())
    }
}

impl IntoIterator for DriftReport {
    type Item = Drift;
    type IntoIter = std::vec::IntoIter<Drift>;

    fn into_iter(self) -> Self::IntoIter {
        self.drifts.into_iter()
    }
}
