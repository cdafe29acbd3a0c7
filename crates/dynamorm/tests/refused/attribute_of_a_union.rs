use dynamorm::prelude::*;

#[derive(Clone, Copy, Attribute)]
union Amount {
    cents: u64,
}

fn main() {}
