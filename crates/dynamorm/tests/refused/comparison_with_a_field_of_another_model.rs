mod shared;

use dynamorm::prelude::*;
use shared::{Order, User};

fn refused() {
    let f = Order::fields();
    let _ = f.total.lt(User::fields().credit);
}

fn main() {}
