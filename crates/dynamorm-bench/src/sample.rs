//! The item that everything is measured with: 463 B as JSON, 472 B as the answer to a get; eight strings, a map of four, a
//! TTL.

/// The table of the items.
pub const TABLE: &str = "app-connections";

/// How many items a page, or a batch, holds.
pub const PAGE_ITEMS: usize = 100;

/// How many different items are written and asked for in turn.
pub const ITEMS: usize = 64;

/// The map: a name and a value for each entry.
pub const ATTRIBUTES: [(&str, &str); 4] =
    [("device", "web"), ("lang", "en-GB"), ("room", "lobby"), ("ver", "1.4.2")];

/// The strings that are the same in every item.
pub const DOMAIN_NAME: &str = "ws.example.com";
/// The stage.
pub const STAGE: &str = "prod";
/// The tenant.
pub const TENANT_ID: &str = "tenant-42";
/// The user agent.
pub const USER_AGENT: &str = "Mozilla/5.0 (X11)";
/// When the connection was opened, as text.
pub const CONNECTED_AT: &str = "2026-11-22T09:34:13Z";

/// The user of the item `index`: some have several connections.
pub fn user_id(index: usize) -> String {
    format!("{:06}", 1000 + index % 7)
}

/// What tells the item `index` from the others.
pub fn connection_id(index: usize) -> String {
    format!("L0SM9cOFvHcCI{index:04}=")
}

/// The address of the item `index`.
pub fn source_ip(index: usize) -> String {
    format!("203.0.113.{}", index % 255)
}

/// When the item `index` expires, in seconds of the epoch: late enough that no run meets an expired item.
pub fn ttl(index: usize) -> u64 {
    4_102_444_800 + index as u64
}

/// The partition key of the item `index`.
pub fn partition_key(index: usize) -> String {
    format!("USER#{}", user_id(index))
}

/// The sort key of the item `index`.
pub fn sort_key(index: usize) -> String {
    format!("CONN#{}", connection_id(index))
}
