use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(
    table = "orders",
    key(partition = order_id),
    index(name = "owner-index", partition = owner, projection = some),
    index(name = "total-index", partition = total, projection = []),
)]
struct Order {
    order_id: String,
    owner: String,
    total: u64,
}

fn main() {}
