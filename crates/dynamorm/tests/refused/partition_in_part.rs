mod shared;

use shared::Order;

fn refused() {
    let _ = Order::by_region("t-1");
}

fn main() {}
