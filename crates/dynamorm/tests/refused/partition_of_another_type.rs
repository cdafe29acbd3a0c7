mod shared;

use shared::Order;

fn refused() {
    let _ = Order::by_owner(7_u64);
}

fn main() {}
