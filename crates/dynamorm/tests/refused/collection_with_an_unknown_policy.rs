use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "LINE#{line}"))]
struct Line {
    id: String,
    line: u32,
}

#[derive(Collection)]
#[dynamorm(unknown = ignore)]
enum Order {
    Line(Line),
}

fn main() {}
