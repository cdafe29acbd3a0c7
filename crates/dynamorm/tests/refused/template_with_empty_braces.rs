use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{}"))]
struct Order {
    order_id: String,
}

fn main() {}
