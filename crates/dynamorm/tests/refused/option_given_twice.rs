use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", table = "requests", key(partition = order_id))]
struct Order {
    order_id: String,
}

fn main() {}
