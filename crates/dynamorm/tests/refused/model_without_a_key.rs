use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders")]
struct Order {
    order_id: String,
}

fn main() {}
