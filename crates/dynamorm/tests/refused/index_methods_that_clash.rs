use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(
    table = "orders",
    key(partition = order_id),
    index(name = "owner-index", partition = owner),
    index(name = "status-index", partition = status, method = by_owner),
    index(name = "total-index", partition = total, method = key),
)]
struct Order {
    order_id: String,
    owner: String,
    status: String,
    total: u64,
}

fn main() {}
