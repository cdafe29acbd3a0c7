//! One file an operation: its request's JSON and its response's.
//!
//! A request is written in one pass into one buffer; a response is read in one pass into what the caller asked for.

pub mod batch_get_item;
pub mod batch_write_item;
mod cancellation;
mod canonical_key;
mod check;
pub mod create_table;
pub mod delete_item;
pub mod delete_table;
pub mod describe_table;
pub mod describe_time_to_live;
mod envelope;
pub mod get_item;
pub mod list_tables;
mod page;
pub mod put_item;
pub mod query;
pub mod scan;
mod schema;
mod stored_item;
pub mod transact_get_items;
pub mod transact_write_items;
mod unprocessed;
pub mod update_item;
pub mod update_table;
pub mod update_time_to_live;

pub use cancellation::{Reason, cancellation_reasons, is_token_mismatch};
pub use canonical_key::canonical_key;
pub use check::{check_index_key, check_item, check_key, checked_key, item_size};
pub use page::Page;
pub use stored_item::{is_same_item, stored_item};
pub use unprocessed::Unprocessed;

/// A response's content and what the call consumed.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The content.
    pub value: T,
    /// Capacity units, where the engine says them.
    pub consumed_capacity: Option<f64>,
    /// How many times the request was sent, of which this answers the last.
    pub attempts: u32,
}

impl<T> Answer<T> {
    /// The answer to a request that was sent once.
    pub fn new(value: T, consumed_capacity: Option<f64>) -> Self {
        Self { value, consumed_capacity, attempts: 1 }
    }
}
