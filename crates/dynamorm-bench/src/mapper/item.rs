use std::collections::HashMap;

use dynamorm::prelude::*;

use crate::sample;

/// A connection; the attributes of its key, `pk` and `sk`, are made of its fields.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "app-connections", key(partition = "USER#{user_id}", sort = "CONN#{connection_id}"))]
pub struct Connection {
    pub(crate) connection_id: String,
    domain_name: String,
    pub(crate) stage: String,
    pub(crate) user_id: String,
    tenant_id: String,
    source_ip: String,
    user_agent: String,
    connected_at: String,
    attributes: HashMap<String, String>,
    #[dynamorm(ttl)]
    ttl: Option<Timestamp>,
}

impl Connection {
    /// The item `index` of the sample.
    pub fn sample(index: usize) -> Self {
        Self {
            connection_id: sample::connection_id(index),
            domain_name: sample::DOMAIN_NAME.to_owned(),
            stage: sample::STAGE.to_owned(),
            user_id: sample::user_id(index),
            tenant_id: sample::TENANT_ID.to_owned(),
            source_ip: sample::source_ip(index),
            user_agent: sample::USER_AGENT.to_owned(),
            connected_at: sample::CONNECTED_AT.to_owned(),
            attributes: sample::ATTRIBUTES.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            ttl: i64::try_from(sample::ttl(index))
                .ok()
                .and_then(|seconds| Timestamp::from_unix_seconds(seconds).ok()),
        }
    }
}
