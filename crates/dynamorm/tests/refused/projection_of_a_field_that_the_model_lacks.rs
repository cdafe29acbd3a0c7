mod shared;

use dynamorm::prelude::*;
use shared::Order;

#[derive(Projection)]
#[dynamorm(model = Order)]
struct Totals {
    totals: u64,
}

fn main() {}
