mod shared;

use shared::Order;

fn refused() {
    let _ = Order::by_note("urgent").placed_at();
}

fn main() {}
