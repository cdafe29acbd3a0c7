use dynamorm::{Model, Timestamp};
use serde::{Deserialize, Serialize};

/// That a server runs: an item that it keeps alive by heartbeat, in the table of what is no model of Streamer's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Model)]
#[serde(rename_all = "camelCase")]
#[dynamorm(table = "system", key(partition = "SERVER#{server_id}", sort = "METADATA"))]
pub struct ServerPresence {
    /// The server's id.
    pub server_id: String,
    /// When it started.
    pub started_at: Timestamp,
    /// Its last heartbeat.
    pub heartbeat_at: Timestamp,
    /// How often it beats, in seconds.
    pub interval_seconds: u32,
    /// When another server took it for dead and began to remove its connections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_for_dead_at: Option<Timestamp>,
}
