use dynamorm::prelude::*;

#[derive(Attribute)]
struct Line {
    #[dynamorm(version)]
    version: u64,
}

fn main() {}
