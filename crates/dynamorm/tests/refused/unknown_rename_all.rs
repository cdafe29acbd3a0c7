use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id), rename_all = "camel_case")]
struct Order {
    order_id: String,
}

fn main() {}
