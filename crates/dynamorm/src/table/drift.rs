use std::fmt;

use dynamorm_core::{
    model::{KeySchema, StreamView},
    wire::describe_table::is_passing,
};

use super::{
    remedy::Remedy,
    stored_key::{ModelKey, StoredKey},
};

/// One thing in which a table differs from what its model needs.
///
/// `Display` says what differs, where, and the remedy. A table may hold several models: what one lacks may be
/// another's, which is why an index or a TTL attribute that the model does not know breaks nothing. A stream that the
/// model does not ask for is no drift at all.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Drift {
    /// There is no table.
    MissingTable,
    /// The table cannot be used now.
    InactiveTable {
        /// DynamoDB's word, such as `CREATING`.
        status: String,
    },
    /// The table's primary key is another.
    PrimaryKey {
        /// The table's.
        stored: StoredKey,
        /// The model's.
        model: KeySchema,
    },
    /// The table lacks an index of the model.
    MissingIndex {
        /// The index's name.
        index: &'static str,
    },
    /// An index of the model cannot be read now.
    InactiveIndex {
        /// The index's name.
        index: &'static str,
        /// DynamoDB's word, such as `CREATING`.
        status: String,
    },
    /// An index of the model has another key.
    IndexKey {
        /// The index's name.
        index: &'static str,
        /// The table's.
        stored: StoredKey,
        /// The model's.
        model: KeySchema,
    },
    /// An index lacks attributes that the model reads from it.
    NarrowIndex {
        /// The index's name.
        index: &'static str,
        /// The attributes; none where the model reads whole items and the index does not carry them.
        lacks: Vec<&'static str>,
    },
    /// An index carries more than the model reads from it, which costs storage and writes and nothing else.
    WideIndex {
        /// The index's name.
        index: &'static str,
    },
    /// The table has an index that the model does not know; it may be another model's.
    ExtraIndex {
        /// The index's name.
        index: String,
    },
    /// The model has a TTL attribute and the table has none, so that nothing is ever deleted.
    MissingTimeToLive {
        /// The model's attribute.
        attribute: &'static str,
    },
    /// Items expire by another attribute than the model's.
    OtherTimeToLive {
        /// The table's attribute.
        stored: String,
        /// The model's attribute.
        attribute: &'static str,
    },
    /// The table has a TTL attribute and the model has none; it may be another model's.
    ExtraTimeToLive {
        /// The table's attribute.
        stored: String,
    },
    /// The model asks for a stream and the table has none.
    MissingStream {
        /// The model's view.
        view: StreamView,
    },
    /// The records of the table's stream hold less than the model asks for.
    NarrowStream {
        /// The table's view.
        stored: StreamView,
        /// The model's view.
        view: StreamView,
    },
    /// The records of the table's stream hold more than the model asks for.
    WideStream {
        /// The table's view.
        stored: StreamView,
        /// The model's view.
        view: StreamView,
    },
    /// Capacity is provisioned, where a table of ours is made on demand.
    Provisioned {
        /// Read capacity units.
        read: u64,
        /// Write capacity units.
        write: u64,
    },
}

impl Drift {
    /// A name of low cardinality, for programs and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::MissingTable => "missing_table",
            Self::InactiveTable { .. } => "inactive_table",
            Self::PrimaryKey { .. } => "primary_key",
            Self::MissingIndex { .. } => "missing_index",
            Self::InactiveIndex { .. } => "inactive_index",
            Self::IndexKey { .. } => "index_key",
            Self::NarrowIndex { .. } => "narrow_index",
            Self::WideIndex { .. } => "wide_index",
            Self::ExtraIndex { .. } => "extra_index",
            Self::MissingTimeToLive { .. } => "missing_time_to_live",
            Self::OtherTimeToLive { .. } => "other_time_to_live",
            Self::ExtraTimeToLive { .. } => "extra_time_to_live",
            Self::MissingStream { .. } => "missing_stream",
            Self::NarrowStream { .. } => "narrow_stream",
            Self::WideStream { .. } => "wide_stream",
            Self::Provisioned { .. } => "provisioned",
        }
    }

    /// Whether something that the model promises does not hold on this table; otherwise the two merely differ.
    pub fn is_breaking(&self) -> bool {
        match self {
            Self::MissingTable
            | Self::InactiveTable { .. }
            | Self::PrimaryKey { .. }
            | Self::MissingIndex { .. }
            | Self::InactiveIndex { .. }
            | Self::IndexKey { .. }
            | Self::NarrowIndex { .. }
            | Self::MissingTimeToLive { .. }
            | Self::OtherTimeToLive { .. }
            | Self::MissingStream { .. }
            | Self::NarrowStream { .. } => true,
            Self::WideIndex { .. }
            | Self::ExtraIndex { .. }
            | Self::ExtraTimeToLive { .. }
            | Self::WideStream { .. }
            | Self::Provisioned { .. } => false,
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::MissingTable => Remedy::EnsureTable,
            Self::InactiveTable { status } if !is_passing(status) => Remedy::RestoreTable,
            Self::InactiveTable { .. } | Self::InactiveIndex { .. } => Remedy::Wait,
            Self::PrimaryKey { .. } => Remedy::NewTable,
            Self::MissingIndex { .. } | Self::MissingTimeToLive { .. } | Self::MissingStream { .. } => {
                Remedy::MigrateTable
            }
            Self::IndexKey { index, .. } | Self::NarrowIndex { index, .. } | Self::WideIndex { index } => {
                Remedy::ReplaceIndex((*index).to_owned())
            }
            Self::ExtraIndex { index } => Remedy::DropIndex(index.clone()),
            Self::OtherTimeToLive { .. } => Remedy::DisableTimeToLive,
            Self::NarrowStream { .. } | Self::WideStream { .. } => Remedy::ReplaceStream,
            Self::ExtraTimeToLive { .. } | Self::Provisioned { .. } => Remedy::Choose,
        }
    }

    /// What differs and where, without the remedy.
    pub fn finding(&self) -> impl fmt::Display + '_ {
        Finding(self)
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", Finding(self), self.remedy())
    }
}

struct Finding<'a>(&'a Drift);

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Drift::MissingTable => f.write_str("there is no table"),
            Drift::InactiveTable { status } => write!(f, "the table cannot be used: it is `{status}`"),
            Drift::PrimaryKey { stored, model } => {
                write!(f, "the primary key is {stored}; the model's is {}", ModelKey(model))
            }
            Drift::MissingIndex { index } => write!(f, "index `{index}` is missing"),
            Drift::InactiveIndex { index, status } => {
                write!(f, "index `{index}` cannot be read: it is `{status}`")
            }
            Drift::IndexKey { index, stored, model } => {
                write!(f, "the key of index `{index}` is {stored}; the model's is {}", ModelKey(model))
            }
            Drift::NarrowIndex { index, lacks } => match lacks.as_slice() {
                [] => write!(f, "index `{index}` does not carry whole items, which the model reads"),
                lacks => write!(f, "index `{index}` does not carry `{}`", lacks.join("`, `")),
            },
            Drift::WideIndex { index } => {
                write!(f, "index `{index}` carries more attributes than the model reads")
            }
            Drift::ExtraIndex { index } => write!(f, "index `{index}` is none of the model's"),
            Drift::MissingTimeToLive { attribute } => {
                write!(f, "items do not expire; the model's TTL attribute is `{attribute}`")
            }
            Drift::OtherTimeToLive { stored, attribute } => {
                write!(f, "items expire by `{stored}`; the model's TTL attribute is `{attribute}`")
            }
            Drift::ExtraTimeToLive { stored } => {
                write!(f, "items expire by `{stored}`; the model has no TTL attribute")
            }
            Drift::MissingStream { view } => write!(f, "there is no stream; the model needs `{view}`"),
            Drift::NarrowStream { stored, view } => {
                write!(f, "the stream's records hold `{stored}`; the model needs `{view}`")
            }
            Drift::WideStream { stored, view } => {
                write!(f, "the stream's records hold `{stored}`; the model needs no more than `{view}`")
            }
            Drift::Provisioned { read, write } => {
                write!(f, "capacity is provisioned ({read} read and {write} write units), not on demand")
            }
        }
    }
}
