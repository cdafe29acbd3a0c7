//! The builders that the verbs of [`Db`](crate::Db) return, one file an operation.
//!
//! A builder is awaited as it stands; nothing is sent before. `.explain()` gives the exact request instead.

#[macro_use]
mod debug;

mod actions;
mod asked_keys;
mod batch_get_each;
mod batch_get_item;
mod batch_got;
mod batch_write_item;
mod batch_writing;
mod batch_written;
mod by_item;
mod condition;
mod count;
mod create;
mod create_table;
mod delete_item;
mod delete_table;
mod describe_table;
mod describe_time_to_live;
mod get_item;
mod key_lists;
mod list_tables;
mod migrate_table;
mod once;
mod put_item;
mod query;
mod refusal;
mod returning;
mod scan;
mod scan_segments;
mod take;
mod transact_action;
mod transact_check;
mod transact_get_items;
mod transact_read;
mod transact_write_items;
mod transaction;
mod update_item;
mod update_table;
mod update_time_to_live;
mod upsert;
mod verify_table;
mod writes;

pub use batch_get_each::BatchGetEach;
pub use batch_get_item::BatchGet;
pub use batch_got::{BatchGot, Unread};
pub use batch_write_item::BatchWrite;
pub use batch_writing::BatchWriting;
pub use batch_written::{BatchWritten, Unwritten};
pub use count::Count;
pub use create::Create;
pub use create_table::{EnsureTable, TableState};
pub use delete_item::Delete;
pub use delete_table::DeleteTable;
pub use get_item::Get;
pub use key_lists::{GrowingKeyLists, KeyLists};
pub use list_tables::ListTables;
pub use migrate_table::MigrateTable;
pub use put_item::Put;
pub use query::{Query, QueryPage};
pub use returning::{Image, NewImage, Nothing, OldImage, Returning};
pub use scan::{Scan, ScanCount, ScanPage};
pub use scan_segments::ScanSegments;
pub use take::{Ended, Matches, Take};
pub use transact_action::TransactAction;
pub use transact_check::Check;
pub use transact_get_items::TransactGet;
pub use transact_read::{Grow, Many, One, Shape};
pub use transact_write_items::TransactWrite;
pub use update_item::Update;
pub use upsert::Upsert;
pub use verify_table::VerifyTable;

pub use crate::paging::Page;
