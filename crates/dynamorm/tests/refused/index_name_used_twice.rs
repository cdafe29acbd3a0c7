use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(
    table = "orders",
    key(partition = order_id),
    index(name = "owner-index", partition = owner),
    index(name = "owner-index", partition = owner, method = by_name),
)]
struct Order {
    order_id: String,
    owner: String,
}

fn main() {}
