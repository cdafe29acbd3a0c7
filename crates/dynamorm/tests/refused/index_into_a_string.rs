mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused() {
    let f = Order::fields();
    let _ = f.owner.at(0);
}

fn main() {}
