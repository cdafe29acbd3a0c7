mod shared;

use dynamorm::prelude::*;
use shared::{Order, User};

fn refused() {
    let f = Order::fields();
    let _ = f.owner.eq("ann").and(User::fields().name.eq("ann"));
}

fn main() {}
