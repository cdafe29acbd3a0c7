use std::collections::BTreeMap;

use dynamorm::prelude::*;

/// An item of 472 bytes as JSON: eight texts, a map of four, an instant of expiry.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "clients", key(partition = "USER#{user_id}", sort = "CONN#{connection_id}"))]
pub(crate) struct Client {
    pub(crate) user_id: String,
    pub(crate) connection_id: String,
    pub(crate) domain_name: String,
    pub(crate) stage: String,
    pub(crate) tenant_id: String,
    pub(crate) source_ip: String,
    pub(crate) user_agent: String,
    pub(crate) connected_at: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) expires: u64,
}

impl Client {
    pub(crate) fn new(number: usize) -> Self {
        let attributes = [("device", "web"), ("lang", "en-GB"), ("room", "lobby"), ("ver", "1.4.2")];
        Self {
            user_id: "001003".into(),
            connection_id: format!("L0SM9cOFvHcCI{number:04}="),
            domain_name: "ws.example.com".into(),
            stage: "prod".into(),
            tenant_id: "tenant-42".into(),
            source_ip: "203.0.113.7".into(),
            user_agent: "Mozilla/5.0 (X11)".into(),
            connected_at: "2026-11-22T09:34:13Z".into(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            expires: 1_795_340_053,
        }
    }

    /// The item as DynamoDB stores it.
    pub(crate) fn json(number: usize) -> String {
        format!(
            r#"{{"pk":{{"S":"USER#001003"}},"sk":{{"S":"CONN#L0SM9cOFvHcCI{number:04}="}},"user_id":{{"S":"001003"}},"connection_id":{{"S":"L0SM9cOFvHcCI{number:04}="}},"domain_name":{{"S":"ws.example.com"}},"stage":{{"S":"prod"}},"tenant_id":{{"S":"tenant-42"}},"source_ip":{{"S":"203.0.113.7"}},"user_agent":{{"S":"Mozilla/5.0 (X11)"}},"connected_at":{{"S":"2026-11-22T09:34:13Z"}},"attributes":{{"M":{{"device":{{"S":"web"}},"lang":{{"S":"en-GB"}},"room":{{"S":"lobby"}},"ver":{{"S":"1.4.2"}}}}}},"expires":{{"N":"1795340053"}}}}"#
        )
    }
}
