use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id), tabel = "orders")]
struct Order {
    order_id: String,
    #[dynamorm(skip_empty)]
    owner: String,
    #[dynamorm(colour)]
    total: u64,
}

fn main() {}
