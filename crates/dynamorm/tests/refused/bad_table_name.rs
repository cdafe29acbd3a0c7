use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "my orders", key(partition = order_id))]
struct Order {
    order_id: String,
}

fn main() {}
