use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id))]
struct Order {
    order_id: String,
    #[dynamorm(skip_if_empty)]
    total: u64,
}

fn main() {}
