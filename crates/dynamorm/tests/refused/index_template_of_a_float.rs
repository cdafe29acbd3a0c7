use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(
    table = "orders",
    key(partition = order_id),
    index(name = "total-index", partition("TOTAL#{total}", attribute = "total_pk")),
)]
struct Order {
    order_id: String,
    total: f64,
}

fn main() {}
