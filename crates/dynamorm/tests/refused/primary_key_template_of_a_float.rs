use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id, sort = "TOTAL#{total}"))]
struct Order {
    order_id: String,
    total: f64,
}

fn main() {}
