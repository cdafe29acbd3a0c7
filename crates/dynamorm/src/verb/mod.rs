//! The builders that the verbs of [`Db`](crate::Db) return, one file an operation.
//!
//! A builder is awaited as it stands; nothing is sent before. `.explain()` gives the exact request instead.

#[macro_use]
mod debug;

mod actions;
mod batch_get_item;
mod condition;
mod count;
mod create;
mod create_table;
mod delete_item;
mod delete_table;
mod describe_table;
mod describe_time_to_live;
mod get_item;
mod list_tables;
mod migrate_table;
mod put_item;
mod query;
mod refusal;
mod returning;
mod scan;
mod scan_segments;
mod take;
mod update_item;
mod update_table;
mod update_time_to_live;
mod upsert;
mod verify_table;

pub use batch_get_item::{BatchGet, BatchGot, Unread};
pub use count::Count;
pub use create::Create;
pub use create_table::{EnsureTable, TableState};
pub use delete_item::Delete;
pub use delete_table::DeleteTable;
pub use get_item::Get;
pub use list_tables::ListTables;
pub use migrate_table::MigrateTable;
pub use put_item::Put;
pub use query::{Query, QueryPage};
pub use returning::{Image, NewImage, Nothing, OldImage, Returning};
pub use scan::{Scan, ScanCount, ScanPage};
pub use scan_segments::ScanSegments;
pub use take::{Ended, Matches, Take};
pub use update_item::Update;
pub use upsert::Upsert;
pub use verify_table::VerifyTable;

pub use crate::paging::Page;
