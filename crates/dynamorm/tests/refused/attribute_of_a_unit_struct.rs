use dynamorm::prelude::*;

#[derive(Attribute)]
struct Amount;

fn main() {}
