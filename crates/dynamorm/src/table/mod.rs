//! How a table differs from what its model needs, and what to do about it: what
//! [`verify_table`](crate::Db::verify_table) and [`migrate_table`](crate::Db::migrate_table) say.

mod compare;
mod drift;
mod patience;
mod plan;
mod remedy;
mod report;
mod step;
mod stored_key;

pub(crate) use compare::{schema_drifts, time_to_live_drift};
pub use drift::Drift;
pub(crate) use patience::Patience;
pub(crate) use plan::{Told, plan};
pub use remedy::Remedy;
pub use report::DriftReport;
pub use step::{Migration, MigrationStep};
pub use stored_key::{StoredKey, StoredKeyAttribute};
