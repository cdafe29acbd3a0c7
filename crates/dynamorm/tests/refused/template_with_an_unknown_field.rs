use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{oder_id}"))]
struct Order {
    order_id: String,
}

fn main() {}
