//! The changes of a table's items, as DynamoDB Streams and AWS Lambda tell of them.

mod change;
mod json;
mod record;

pub use change::{Change, ChangeKind, StreamItem};
pub use record::StreamRecord;
