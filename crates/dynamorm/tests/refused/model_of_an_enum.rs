use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{order_id}"))]
enum Order {
    Open { order_id: String },
}

fn main() {}
