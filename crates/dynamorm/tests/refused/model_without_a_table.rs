use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(key(partition = order_id))]
struct Order {
    order_id: String,
}

fn main() {}
