use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id, sort = line))]
struct Order {
    #[dynamorm(skip_if_empty)]
    order_id: String,
    #[dynamorm(default)]
    line: u64,
}

fn main() {}
