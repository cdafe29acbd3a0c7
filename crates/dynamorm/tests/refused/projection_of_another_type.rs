mod shared;

use dynamorm::prelude::*;
use shared::Order;

#[derive(Projection)]
#[dynamorm(model = Order)]
struct Totals {
    total: u32,
    note: String,
}

fn main() {}
