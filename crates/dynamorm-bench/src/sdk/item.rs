use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::sample;

/// A connection, with the attributes of its key as fields: serde_dynamo makes no keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connection {
    pub(super) pk: String,
    pub(super) sk: String,
    connection_id: String,
    domain_name: String,
    stage: String,
    user_id: String,
    tenant_id: String,
    source_ip: String,
    user_agent: String,
    connected_at: String,
    attributes: HashMap<String, String>,
    pub(super) ttl: u64,
}

impl Connection {
    /// The item `index` of the sample.
    pub fn sample(index: usize) -> Self {
        Self {
            pk: sample::partition_key(index),
            sk: sample::sort_key(index),
            connection_id: sample::connection_id(index),
            domain_name: sample::DOMAIN_NAME.to_owned(),
            stage: sample::STAGE.to_owned(),
            user_id: sample::user_id(index),
            tenant_id: sample::TENANT_ID.to_owned(),
            source_ip: sample::source_ip(index),
            user_agent: sample::USER_AGENT.to_owned(),
            connected_at: sample::CONNECTED_AT.to_owned(),
            attributes: sample::ATTRIBUTES.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            ttl: sample::ttl(index),
        }
    }
}
