use dynamorm::prelude::*;

#[derive(Attribute)]
#[dynamorm(rename_all = "lowercase")]
enum Status {
    OnHold,
    Onhold,
}

fn main() {}
