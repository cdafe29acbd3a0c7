use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id), stream = "new_images")]
struct Order {
    order_id: String,
}

fn main() {}
