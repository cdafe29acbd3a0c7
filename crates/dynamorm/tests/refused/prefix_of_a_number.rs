mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused() {
    let f = Order::fields();
    let _ = f.total.begins_with(1_u64);
}

fn main() {}
