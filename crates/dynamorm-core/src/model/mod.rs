//! What a derived model says of itself.

mod assignments;
mod collection;
mod contract;
mod definition;
mod delete_target;
mod group;
mod hydrated;
mod index;
mod membership;
mod projected;
mod projection;
mod raw_item;
mod read_item;
mod role;
mod stream_view;
mod unversioned;
mod versioned;

pub use assignments::{Assigned, Assignments};
pub use collection::{
    Collection, CollectionPartition, MemberOf, is_apart, is_one_partition, is_one_table, is_one_ttl,
};
pub use contract::{Model, OtherAttribute, PrimaryKey, encoded_key};
pub use definition::{IndexDefinition, IndexProjection, KeyAttribute, KeySchema, TableDefinition};
pub use delete_target::DeleteTarget;
pub use group::KeyGroup;
pub use hydrated::Hydrated;
pub use index::{ConsistentIndex, Index, ModelIndex, SecondaryIndex, WholeItems};
pub use membership::member_of;
pub use projected::Projected;
pub use projection::{CarriedBy, Carries, FieldOn, FieldRead, ModelField, Projection, attribute_of};
pub use raw_item::RawItem;
pub use read_item::ReadItem;
pub use role::{RoleTimestamp, TimeToLive, Ttl, Version, WriteContext};
pub use stream_view::StreamView;
pub use unversioned::Unversioned;
pub use versioned::Versioned;
