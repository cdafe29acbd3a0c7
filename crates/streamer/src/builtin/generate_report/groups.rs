//! The groups of a report.

use std::collections::BTreeMap;

use dynamorm::{Decimal, codec::DecimalError};
use serde::{Deserialize, Serialize};

use super::limits::{MAX_GROUP_BYTES, MAX_GROUPS};

/// The rows of a file by one of their columns. Their number, and that of the bytes of their names, are bounded.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Groups {
    by_name: BTreeMap<String, Group>,
    name_bytes: usize,
    total: Group,
}

/// How many rows there are, and the sum of one of their columns.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct Group {
    pub(super) rows: u64,
    /// Exact: sums of floating-point numbers depend on the order of the rows.
    pub(super) sum: Decimal,
}

/// Why a row could not be added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NotAdded {
    /// There are too many groups already.
    Full,
    /// The sum would be no number of 38 digits.
    Sum(DecimalError),
}

impl Groups {
    /// Adds a row to the group of this name.
    pub(super) fn add(&mut self, name: &str, amount: Decimal) -> Result<(), NotAdded> {
        let total = self.total.with(amount)?;
        if let Some(group) = self.by_name.get_mut(name) {
            *group = group.with(amount)?;
        } else {
            self.insert(name, Group { rows: 1, sum: amount })?;
        }
        self.total = total;
        Ok(())
    }

    fn insert(&mut self, name: &str, group: Group) -> Result<(), NotAdded> {
        let name_bytes = self.name_bytes.saturating_add(name.len());
        if self.by_name.len() == MAX_GROUPS || name_bytes > MAX_GROUP_BYTES {
            return Err(NotAdded::Full);
        }
        self.by_name.insert(name.to_owned(), group);
        self.name_bytes = name_bytes;
        Ok(())
    }

    /// All rows together.
    pub(super) fn total(&self) -> Group {
        self.total
    }

    /// The groups, in the order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Group)> {
        self.by_name.iter().map(|(name, group)| (name.as_str(), *group))
    }

    /// The groups that were listed by [`iter`](Self::iter); none if they are too many, or their sum is no number.
    pub(super) fn of(listed: impl IntoIterator<Item = (String, Group)>) -> Option<Self> {
        let mut groups = Self::default();
        for (name, group) in listed {
            groups.total.rows = groups.total.rows.checked_add(group.rows)?;
            groups.total.sum = groups.total.sum.checked_add(group.sum).ok()?;
            groups.insert(&name, group).ok()?;
        }
        Some(groups)
    }
}

impl Group {
    fn with(self, amount: Decimal) -> Result<Self, NotAdded> {
        let sum = self.sum.checked_add(amount).map_err(NotAdded::Sum)?;
        Ok(Self { rows: self.rows.saturating_add(1), sum })
    }
}
