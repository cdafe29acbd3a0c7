//! What a message carries for programs.

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::{Value, value::RawValue};
use streamer_store::Json;

/// What a message carries for programs: JSON that the server makes, or JSON that it was given.
///
/// What was given stays as it was written: a tree would round its numbers and sort its members.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Made by the server.
    Made(Value),
    /// Given by a handler or a client.
    Given(Json),
}

impl Data {
    /// Returns it as a tree, which rounds what its numbers cannot hold.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Made(value) => value.clone(),
            Self::Given(json) => json.to_value(),
        }
    }
}

impl From<Value> for Data {
    fn from(value: Value) -> Self {
        Self::Made(value)
    }
}

impl From<Json> for Data {
    fn from(json: Json) -> Self {
        Self::Given(json)
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Made(value) => value.serialize(serializer),
            Self::Given(json) => {
                let raw: &RawValue = serde_json::from_str(json.as_str()).map_err(S::Error::custom)?;
                raw.serialize(serializer)
            }
        }
    }
}
