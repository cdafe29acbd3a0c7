mod shared;

use shared::Order;

fn refused() {
    let _ = Order::key(7_u64);
}

fn main() {}
