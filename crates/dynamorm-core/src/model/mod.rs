//! What a derived model says of itself.

mod assignments;
mod contract;
mod definition;
mod delete_target;
mod group;
mod index;
mod read_item;
mod role;
mod stream_view;
mod versioned;

pub use assignments::{Assigned, Assignments};
pub use contract::{Model, PrimaryKey, encoded_key};
pub use definition::{IndexDefinition, KeyAttribute, KeySchema, Projection, SortPrefix, TableDefinition};
pub use delete_target::DeleteTarget;
pub use group::KeyGroup;
pub use index::{ConsistentIndex, Index, WholeItems};
pub use read_item::ReadItem;
pub use role::{RoleTimestamp, TimeToLive, Ttl, Version, WriteContext};
pub use stream_view::StreamView;
pub use versioned::Versioned;
