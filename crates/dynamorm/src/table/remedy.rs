use std::fmt;

/// What to do about a [`Drift`](super::Drift).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// [`ensure_table`](crate::Db::ensure_table) makes the table.
    EnsureTable,
    /// [`migrate_table`](crate::Db::migrate_table) adds what is missing, as it stands.
    MigrateTable,
    /// Nothing but time: a change is under way.
    Wait,
    /// Restoring the table, or access to the key that encrypts it: waiting is of no use.
    RestoreTable,
    /// [`MigrateTable::drop_index`](crate::verb::MigrateTable::drop_index), if no other model of the table needs it.
    DropIndex(String),
    /// [`MigrateTable::replace_index`](crate::verb::MigrateTable::replace_index); nothing can be read from the index
    /// meanwhile.
    ReplaceIndex(String),
    /// [`MigrateTable::replace_stream`](crate::verb::MigrateTable::replace_stream); readers of the old stream have to
    /// change to the new one.
    ReplaceStream,
    /// A new table, into which the items are copied: a primary key never changes.
    NewTable,
    /// Switching TTL off on the table: DynamoDB takes up to an hour for it, and refuses another attribute before.
    DisableTimeToLive,
    /// Nothing, if it is meant so: the choice is the operator's.
    Choose,
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EnsureTable => f.write_str("`ensure_table` makes it"),
            Self::MigrateTable => f.write_str("`migrate_table` adds it"),
            Self::Wait => f.write_str("wait, as `migrate_table` does"),
            Self::RestoreTable => {
                f.write_str("that does not pass; restore the table, or access to the key that encrypts it")
            }
            Self::DropIndex(index) => {
                write!(
                    f,
                    "if no other model uses it, `migrate_table` with `drop_index(\"{index}\")` removes it"
                )
            }
            Self::ReplaceIndex(index) => {
                write!(f, "`migrate_table` with `replace_index(\"{index}\")` drops it and makes it anew")
            }
            Self::ReplaceStream => {
                f.write_str("`migrate_table` with `replace_stream()` ends it and begins a new one")
            }
            Self::NewTable => f.write_str("a primary key cannot be changed; copy the items into a new table"),
            Self::DisableTimeToLive => {
                f.write_str("the attribute cannot be changed; switch TTL off on the table, then migrate it")
            }
            Self::Choose => f.write_str("change it on the table unless it is meant so"),
        }
    }
}
