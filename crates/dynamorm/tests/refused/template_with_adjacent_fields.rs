use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "{tenant_id}{order_id}"))]
struct Order {
    tenant_id: String,
    order_id: String,
}

fn main() {}
