mod shared;

use shared::Order;

fn refused() {
    let _ = Order::by_region("t-1", "eu").placed_at().ge("yesterday");
}

fn main() {}
