use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id))]
struct Order {
    order_id: String,
    #[dynamorm(created_at)]
    created_at: String,
}

fn main() {}
