use dynamorm::prelude::*;

#[derive(Attribute)]
struct Amount(u64, String);

fn main() {}
