use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id))]
struct Order<'a> {
    order_id: String,
    note: &'a str,
}

fn main() {}
