use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = orders, key = order_id, index("owner-index"), rename_all)]
struct Order {
    order_id: String,
    #[dynamorm(ttl = true)]
    owner: String,
}

fn main() {}
