use dynamorm::{RawItem, prelude::*};

#[derive(Collection)]
enum Order {
    #[dynamorm(raw)]
    Other(RawItem),
}

fn main() {}
