mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused() {
    let f = Order::fields();
    let _ = f.data.contains(3_u8);
}

fn main() {}
