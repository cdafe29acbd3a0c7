use std::{collections::BTreeMap, time::Duration};

use dynamorm::{Model, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{error::Error, id::check_id};

/// How long a connection is kept after its last ping.
pub const TIME_TO_LIVE: Duration = Duration::from_secs(24 * 60 * 60);

/// A client's open WebSocket.
///
/// As JSON it is in camelCase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Model)]
#[serde(rename_all = "camelCase")]
#[dynamorm(
    table = "connections",
    key(partition = "CONN#{connection_id}", sort = "METADATA"),
    index(name = "user-index", partition = user_id, sort = connected_at),
    index(name = "tenant-index", partition = tenant_id, sort = connected_at),
)]
pub struct Connection {
    /// The connection's id, chosen by the server that holds it.
    pub connection_id: String,
    /// The user, by the token.
    pub user_id: String,
    /// The tenant, by the token.
    pub tenant_id: String,
    /// Where the connection is held: the server's URL.
    pub endpoint: String,
    /// When it was opened.
    pub connected_at: Timestamp,
    /// When it was last known to live.
    pub last_ping: Timestamp,
    /// What the server notes of the client, such as its user agent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[dynamorm(skip_if_empty)]
    pub metadata: BTreeMap<String, String>,
    /// The server that holds it; none where the writer keeps no heartbeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_id: Option<String>,
    /// When the token that it was opened with expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_expires_at: Option<Timestamp>,
    /// When the item counts as absent; 24 hours after it was saved or pinged unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[dynamorm(ttl)]
    pub ttl: Option<Timestamp>,
}

impl Connection {
    /// A connection opened at `now`, without metadata.
    pub fn new(
        connection_id: impl Into<String>,
        user_id: impl Into<String>,
        tenant_id: impl Into<String>,
        endpoint: impl Into<String>,
        now: Timestamp,
    ) -> Self {
        Self {
            connection_id: connection_id.into(),
            user_id: user_id.into(),
            tenant_id: tenant_id.into(),
            endpoint: endpoint.into(),
            connected_at: now,
            last_ping: now,
            metadata: BTreeMap::new(),
            server_id: None,
            token_expires_at: None,
            ttl: None,
        }
    }

    /// Refuses a connection that lacks what every one must have.
    pub(super) fn check(&self, operation: &'static str) -> Result<(), Error> {
        let required = [
            ("connection_id", &self.connection_id),
            ("user_id", &self.user_id),
            ("tenant_id", &self.tenant_id),
            ("endpoint", &self.endpoint),
        ];
        for (field, value) in required {
            check_id(operation, field, value)?;
        }
        Ok(())
    }
}

/// When a connection that is alive at `now` expires unless it is pinged.
pub(super) fn expiry(now: Timestamp) -> Timestamp {
    now.checked_add(TIME_TO_LIVE).unwrap_or(Timestamp::MAX)
}
