//! What a report is bounded by.

/// The most groups. With [`MAX_GROUP_BYTES`] it keeps a report below the 400 KB that an item has, beside its checkpoint.
pub(super) const MAX_GROUPS: usize = 10_000;

/// The most bytes that the groups' names have together.
pub(super) const MAX_GROUP_BYTES: usize = 96 * 1024;

/// The most bytes of a row: a longer one is unreadable, and is passed over without being held.
pub(super) const MAX_ROW_BYTES: usize = 1024 * 1024;

/// The most fields of a row of CSV.
pub(super) const MAX_FIELDS: usize = 16 * 1024;

/// The most bytes of a checkpoint. Where it would be larger the one before stays: it is as right, and further back.
pub(super) const MAX_CHECKPOINT_BYTES: usize = 48 * 1024;

/// How many unreadable rows are named.
pub(super) const MAX_NAMED_ROWS: usize = 10;

/// The most bytes of `source`: PATH_MAX of most systems is no less.
pub(super) const MAX_SOURCE_BYTES: usize = 1024;

/// The most bytes of a column's name: it is named in reasons.
pub(super) const MAX_COLUMN_BYTES: usize = 256;
