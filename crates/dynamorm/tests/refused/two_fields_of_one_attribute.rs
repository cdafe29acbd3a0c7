use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id))]
struct Order {
    order_id: String,
    owner: String,
    #[dynamorm(rename = "owner")]
    keeper: String,
}

fn main() {}
