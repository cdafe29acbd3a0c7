use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id, sort = order_id))]
struct Order {
    order_id: String,
}

fn main() {}
