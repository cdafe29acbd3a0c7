mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused() {
    let f = Order::fields();
    let _ = f.total.eq("many");
}

fn main() {}
