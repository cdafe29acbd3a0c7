mod shared;

use shared::Order;

fn refused() {
    let _ = Order::by_owner("ann").status().ge("open").order_id();
}

fn main() {}
