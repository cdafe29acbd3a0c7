use dynamorm::prelude::*;

#[derive(Attribute)]
enum Status {}

fn main() {}
