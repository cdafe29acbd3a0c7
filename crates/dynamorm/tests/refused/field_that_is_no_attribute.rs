use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id))]
struct Order {
    order_id: String,
    started: std::time::Instant,
}

fn main() {}
