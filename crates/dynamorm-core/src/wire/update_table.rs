//! `UpdateTable`: changes one thing about a table that is there.
//!
//! DynamoDB takes the making or the removal of one global secondary index a request, and works on one at a time.

use serde_json::{Value, json};

use super::schema;
use crate::model::{IndexDefinition, StreamView};

/// What changes.
#[derive(Clone, Copy, Debug)]
pub enum TableChange<'a> {
    /// The global secondary index is made and filled from the table.
    AddIndex {
        /// The index.
        index: &'a IndexDefinition,
        /// Its capacity; needed where the table's is provisioned, and refused where it is on demand.
        capacity: Option<Capacity>,
    },
    /// The global secondary index of that name is removed.
    DropIndex(&'a str),
    /// The table gets a stream. DynamoDB refuses this where there is one.
    EnableStream(StreamView),
    /// The table's stream ends; its records can be read for 24 hours more.
    DisableStream,
}

/// Provisioned capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Read capacity units.
    pub read: u64,
    /// Write capacity units.
    pub write: u64,
}

/// The request that changes the table `name`.
pub fn request(name: &str, change: &TableChange<'_>) -> Vec<u8> {
    let mut request = json!({ "TableName": name });
    match change {
        TableChange::AddIndex { index, capacity } => {
            let mut create = schema::index(index);
            if let Some(Capacity { read, write }) = capacity {
                create["ProvisionedThroughput"] =
                    json!({ "ReadCapacityUnits": read, "WriteCapacityUnits": write });
            }
            // DynamoDB wants the types of this index's key attributes, those that it knows already too.
            request["AttributeDefinitions"] = schema::attribute_definitions(index.key.attributes());
            request["GlobalSecondaryIndexUpdates"] = one("Create", create);
        }
        TableChange::DropIndex(index) => {
            request["GlobalSecondaryIndexUpdates"] = one("Delete", json!({ "IndexName": index }));
        }
        TableChange::EnableStream(view) => request["StreamSpecification"] = schema::stream(*view),
        TableChange::DisableStream => request["StreamSpecification"] = json!({ "StreamEnabled": false }),
    }
    request.to_string().into_bytes()
}

fn one(action: &str, index: Value) -> Value {
    json!([{ action: index }])
}
