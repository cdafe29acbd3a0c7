//! The builders that the verbs of [`Db`](crate::Db) return, one file an operation.
//!
//! A builder is awaited as it stands; nothing is sent before. `.explain()` gives the exact request instead.

#[macro_use]
mod debug;

mod actions;
mod condition;
mod create_table;
mod delete_item;
mod delete_table;
mod describe_table;
mod get_item;
mod list_tables;
mod put_item;
mod query;
mod returning;
mod scan;
mod update_item;
mod update_time_to_live;
mod upsert;

pub use create_table::{EnsureTable, TableState};
pub use delete_item::Delete;
pub use delete_table::DeleteTable;
pub use get_item::Get;
pub use list_tables::ListTables;
pub use put_item::{Create, Put};
pub use query::{Count, Ended, Matches, Query, QueryPage, Take};
pub use returning::{NewImage, Nothing, OldImage, Returning};
pub use scan::{Scan, ScanPage};
pub use update_item::{Image, Update};
pub use upsert::Upsert;

pub use crate::paging::Page;
