mod shared;

use shared::Order;

fn refused() {
    let _ = Order::by_owner("ann").placed_at();
}

fn main() {}
