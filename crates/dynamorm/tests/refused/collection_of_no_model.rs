use dynamorm::prelude::*;

struct Line;

#[derive(Collection)]
enum Order {
    Line(Line),
}

fn main() {}
