//! What a later attempt at a report goes on from.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{
    csv::Columns,
    groups::{Group, Groups},
    limits::MAX_CHECKPOINT_BYTES,
    position::Position,
    tally::Tally,
    unreadable::Unreadable,
    version::FileVersion,
};

/// What a report was when it had read a file up to the start of a row.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct ReportCheckpoint {
    /// Of another state of the file nothing is known.
    pub(super) version: FileVersion,
    pub(super) position: Position,
    pub(super) columns: Option<Columns>,
    unreadable: Unreadable,
    groups: Vec<(String, Group)>,
}

impl ReportCheckpoint {
    pub(super) fn of(
        version: FileVersion,
        position: Position,
        columns: Option<Columns>,
        tally: &Tally,
    ) -> Self {
        let groups = tally.groups.iter().map(|(name, group)| (name.to_owned(), group)).collect();
        Self { version, position, columns, unreadable: tally.unreadable.clone(), groups }
    }

    /// What was read up to there; none where it cannot have been.
    pub(super) fn into_tally(self) -> Option<Tally> {
        Some(Tally { groups: Groups::of(self.groups)?, unreadable: self.unreadable })
    }

    /// As it is kept; none where it is too large for that.
    pub(super) fn to_json(&self) -> Option<Box<RawValue>> {
        to_raw_value(self).ok().filter(|json| json.get().len() <= MAX_CHECKPOINT_BYTES)
    }
}
