use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(
    table = "orders",
    key(partition = "ORDER#{order_id}"),
    index(name = "owner-index", partition("OWNER#{owner}", attribute = "pk")),
)]
struct Order {
    order_id: String,
    owner: String,
}

fn main() {}
