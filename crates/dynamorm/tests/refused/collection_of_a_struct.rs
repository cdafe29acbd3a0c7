use dynamorm::prelude::*;

#[derive(Collection)]
struct Order {
    id: String,
}

fn main() {}
