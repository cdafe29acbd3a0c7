//! The model that the cases misuse.

use dynamorm::prelude::*;

#[derive(Clone, Debug, Model)]
#[dynamorm(
    table = "orders",
    key(partition = "ORDER#{order_id}", sort = "METADATA"),
    index(name = "region-index", partition("T#{tenant_id}#R#{region}", attribute = "region_pk"), sort = placed_at),
    index(name = "owner-index", partition = owner, sort("S#{status}#{order_id}", attribute = "owner_sk")),
    index(name = "note-index", partition = note, projection = keys),
)]
pub struct Order {
    pub order_id: String,
    pub tenant_id: String,
    pub region: String,
    pub status: String,
    pub owner: String,
    pub placed_at: Timestamp,
    pub note: Option<String>,
    pub total: u64,
    pub lines: Vec<String>,
    pub tags: BTreeSet<String>,
    pub pair: [u64; 2],
    pub data: Vec<u8>,
    #[dynamorm(created_at)]
    pub created_at: Timestamp,
}

#[derive(Clone, Debug, Model)]
#[dynamorm(table = "users", key(partition = user_id))]
pub struct User {
    pub user_id: String,
    pub name: String,
    pub credit: u64,
}
