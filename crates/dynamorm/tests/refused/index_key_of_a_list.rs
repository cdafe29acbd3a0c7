use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id), index(name = "tag-index", partition = tags))]
struct Order {
    order_id: String,
    tags: Vec<String>,
}

fn main() {}
