use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "o", key(partition = "ORDER#{oder_id}", sort = "L#{line}x"), index(partition = ower))]
struct Order {
    order_id: String,
    owner: String,
    line: u64,
}

fn main() {}
