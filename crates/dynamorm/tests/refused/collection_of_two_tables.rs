use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "HEAD"))]
struct Head {
    id: String,
}

#[derive(Model)]
#[dynamorm(table = "lines", key(partition = "ORDER#{id}", sort = "LINE#{line}"))]
struct Line {
    id: String,
    line: u32,
}

#[derive(Collection)]
enum Order {
    Head(Head),
    Line(Line),
}

fn main() {}
