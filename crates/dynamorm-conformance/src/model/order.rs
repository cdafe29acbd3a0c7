use dynamorm::prelude::*;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Attribute)]
pub(crate) enum Status {
    Open,
    Shipped,
}

/// Index keys by templates: two fields of a group, a lone field, one together with the primary key.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "orders",
    key(partition = "ORDER#{order_id}", sort = "METADATA"),
    index(
        name = "region-index",
        partition("T#{tenant_id}#R#{region}", attribute = "region_pk"),
        sort = placed_at,
    ),
    index(name = "owner-index", partition = owner, sort("S#{status}#{order_id}", attribute = "owner_sk")),
    index(name = "courier-index", partition("C#{courier}", attribute = "courier_pk")),
    index(name = "priority-index", partition = lane, sort = priority),
)]
pub(crate) struct Order {
    pub(crate) order_id: String,
    pub(crate) tenant_id: String,
    pub(crate) region: String,
    pub(crate) owner: String,
    pub(crate) status: Status,
    pub(crate) placed_at: Timestamp,
    pub(crate) courier: Option<String>,
    pub(crate) lane: Option<String>,
    pub(crate) priority: Option<u32>,
    pub(crate) total: i64,
}

impl Order {
    pub(crate) fn new(order_id: &str) -> Self {
        Self {
            order_id: order_id.into(),
            tenant_id: "t-1".into(),
            region: "eu".into(),
            owner: "ann".into(),
            status: Status::Open,
            placed_at: Timestamp::default(),
            courier: None,
            lane: None,
            priority: None,
            total: 0,
        }
    }
}

/// A line of an order, in the order's own partition.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{order_id}", sort = "LINE#{line}"))]
pub(crate) struct OrderLine {
    pub(crate) order_id: String,
    pub(crate) line: u32,
    pub(crate) article: String,
}
