use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{order_id}"))]
union Order {
    order_id: u64,
}

fn main() {}
