//! What the rows that were read come to.

use dynamorm::Decimal;

use super::{
    groups::{Groups, NotAdded},
    limits::{MAX_GROUP_BYTES, MAX_GROUPS},
    unreadable::Unreadable,
};
use crate::{handler::HandlerError, protocol::Code};

/// What the rows that were read come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) groups: Groups,
    pub(super) unreadable: Unreadable,
}

impl Tally {
    /// Takes a row that begins in this line: its group and its amount, or why it is unreadable.
    ///
    /// # Errors
    /// When there are more groups than a report may have.
    pub(super) fn take(
        &mut self,
        line: u64,
        row: Result<(&str, Decimal), String>,
    ) -> Result<(), HandlerError> {
        match row.map(|(group, amount)| self.groups.add(group, amount)) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(NotAdded::Full)) => Err(too_many_groups()),
            Ok(Err(NotAdded::Sum(error))) => {
                self.unreadable
                    .add(line, format!("the sum with it is a number that cannot be kept: {error}"));
                Ok(())
            }
            Err(reason) => {
                self.unreadable.add(line, reason);
                Ok(())
            }
        }
    }
}

fn too_many_groups() -> HandlerError {
    HandlerError::fail(format!(
        "`group_by` makes more groups than a report has; the limits are {MAX_GROUPS} groups and {MAX_GROUP_BYTES} bytes \
         of their names"
    ))
    .with_code(Code::TooLarge)
    .with_details(&serde_json::json!({ "max_groups": MAX_GROUPS, "max_group_bytes": MAX_GROUP_BYTES }))
}
