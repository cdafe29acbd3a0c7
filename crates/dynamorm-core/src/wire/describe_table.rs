//! `DescribeTable`: says how a table is made and whether it can be used.

use serde::Deserialize;
use serde_json::json;

use super::update_table::Capacity;
use crate::{codec::DecodeError, model::StreamView};

/// The request for the description of the table `name`.
pub fn request(name: &str) -> Vec<u8> {
    json!({ "TableName": name }).to_string().into_bytes()
}

/// A table as the engine describes it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct TableDescription {
    /// `ACTIVE` when it can be used.
    pub table_status: String,
    /// The primary key.
    pub key_schema: Vec<KeyElement>,
    /// The types of all key attributes.
    pub attribute_definitions: Vec<AttributeDefinition>,
    /// The global secondary indexes.
    #[serde(default)]
    pub global_secondary_indexes: Vec<IndexDescription>,
    /// How capacity is paid for; absent for a table that has always been provisioned.
    #[serde(default)]
    pub billing_mode_summary: Option<BillingModeSummary>,
    /// The provisioned capacity; zeros for a table on demand.
    #[serde(default)]
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// The stream; absent for a table that has none.
    #[serde(default)]
    pub stream_specification: Option<StreamSpecification>,
}

/// An attribute of a key.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct KeyElement {
    /// The attribute's name.
    pub attribute_name: String,
    /// `HASH` for the partition key, `RANGE` for the sort key.
    pub key_type: String,
}

/// The type of a key attribute.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeDefinition {
    /// The attribute's name.
    pub attribute_name: String,
    /// `S`, `N` or `B`.
    pub attribute_type: String,
}

/// A global secondary index.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct IndexDescription {
    /// The index's name.
    pub index_name: String,
    /// Its key.
    pub key_schema: Vec<KeyElement>,
    /// `ACTIVE` when it can be read; absent where the engine does not say.
    #[serde(default)]
    pub index_status: Option<String>,
    /// Whether it is being filled from the table.
    #[serde(default)]
    pub backfilling: bool,
    /// Which attributes it carries.
    #[serde(default)]
    pub projection: ProjectionDescription,
}

/// Which attributes an index carries besides its own and the table's keys.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct ProjectionDescription {
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`; absent where the engine does not say, which counts as `ALL`.
    #[serde(default)]
    pub projection_type: Option<String>,
    /// Those of `INCLUDE`.
    #[serde(default)]
    pub non_key_attributes: Vec<String>,
}

/// How a table's capacity is paid for.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct BillingModeSummary {
    /// `PAY_PER_REQUEST` or `PROVISIONED`.
    #[serde(default)]
    pub billing_mode: Option<String>,
}

/// A table's provisioned capacity.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct ProvisionedThroughput {
    /// Read capacity units.
    #[serde(default)]
    pub read_capacity_units: u64,
    /// Write capacity units.
    #[serde(default)]
    pub write_capacity_units: u64,
}

/// A table's stream.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
pub struct StreamSpecification {
    /// Whether it is on.
    #[serde(default)]
    pub stream_enabled: bool,
    /// What its records hold, such as `NEW_IMAGE`.
    #[serde(default)]
    pub stream_view_type: Option<String>,
}

/// Whether a table in a state of that name comes out of it by itself.
pub fn is_passing(table_status: &str) -> bool {
    matches!(table_status, "CREATING" | "UPDATING" | "DELETING")
}

impl ProjectionDescription {
    /// Whether every attribute is carried.
    pub fn is_all(&self) -> bool {
        self.projection_type.as_deref().is_none_or(|kind| kind == "ALL")
    }
}

impl IndexDescription {
    /// Whether it can be read.
    pub fn is_active(&self) -> bool {
        self.index_status.as_deref().is_none_or(|status| status == "ACTIVE")
    }

    /// Whether it is being removed.
    pub fn is_going(&self) -> bool {
        self.index_status.as_deref() == Some("DELETING")
    }
}

impl TableDescription {
    /// Whether the table and all of its indexes can be used.
    pub fn is_active(&self) -> bool {
        self.table_status == "ACTIVE" && self.global_secondary_indexes.iter().all(IndexDescription::is_active)
    }

    /// Whether a change is under way after which it may be: other states, such as `ARCHIVED`, do not end by themselves.
    ///
    /// [`TableStatus`](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html).
    pub fn is_changing(&self) -> bool {
        !self.is_active() && (self.table_status == "ACTIVE" || is_passing(&self.table_status))
    }

    /// The global secondary index of that name.
    pub fn index(&self, name: &str) -> Option<&IndexDescription> {
        self.global_secondary_indexes.iter().find(|index| index.index_name == name)
    }

    /// What the records of the stream hold; `None` without a stream.
    pub fn stream_view(&self) -> Option<StreamView> {
        let stream = self.stream_specification.as_ref().filter(|stream| stream.stream_enabled)?;
        // A view that is not known holds keys at least, as all do.
        let named = stream.stream_view_type.as_deref().and_then(StreamView::named);
        Some(named.unwrap_or(StreamView::KeysOnly))
    }

    /// The provisioned capacity; `None` for a table on demand.
    pub fn provisioned(&self) -> Option<Capacity> {
        let throughput = self.provisioned_throughput.as_ref()?;
        let capacity =
            Capacity { read: throughput.read_capacity_units, write: throughput.write_capacity_units };
        let mode = self.billing_mode_summary.as_ref().and_then(|summary| summary.billing_mode.as_deref());
        let is_provisioned = match mode {
            Some(mode) => mode != "PAY_PER_REQUEST",
            None => capacity.read > 0 || capacity.write > 0,
        };
        is_provisioned.then_some(capacity)
    }

    /// The type of a key attribute: `S`, `N` or `B`.
    pub fn attribute_type(&self, attribute: &str) -> Option<&str> {
        let found =
            self.attribute_definitions.iter().find(|definition| definition.attribute_name == attribute);
        found.map(|definition| definition.attribute_type.as_str())
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Response {
    table: TableDescription,
}

/// The description.
///
/// # Errors
/// When the response is not DynamoDB's.
pub fn response(body: &[u8]) -> Result<TableDescription, DecodeError> {
    serde_json::from_slice::<Response>(body)
        .map(|response| response.table)
        .map_err(|error| DecodeError::new(format!("not the description of a table: {error}")))
}
