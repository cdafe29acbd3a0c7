use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "HEAD"))]
struct Head {
    id: String,
    #[dynamorm(ttl)]
    until: Timestamp,
}

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "LINE#{line}"))]
struct Line {
    id: String,
    line: u32,
    #[dynamorm(ttl)]
    expires: Timestamp,
}

#[derive(Collection)]
enum Order {
    Head(Head),
    Line(Line),
}

fn main() {}
