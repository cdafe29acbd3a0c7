mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused() {
    let f = Order::fields();
    let _ = f.data.at(0);
}

fn main() {}
