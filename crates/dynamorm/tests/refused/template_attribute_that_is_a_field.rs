use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{order_id}"))]
struct Order {
    order_id: String,
    pk: String,
}

fn main() {}
