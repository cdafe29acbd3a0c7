use dynamorm::{RawItem, prelude::*};

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "LINE#{line}"))]
struct Line {
    id: String,
    line: u32,
}

#[derive(Collection)]
#[dynamorm(unknown = skip)]
enum Order {
    Line(Line),
    #[dynamorm(raw)]
    Other(RawItem),
}

fn main() {}
