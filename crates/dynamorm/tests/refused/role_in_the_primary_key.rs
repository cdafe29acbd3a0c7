use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id, sort = "V#{version}"))]
struct Order {
    order_id: String,
    #[dynamorm(version)]
    version: u64,
}

fn main() {}
