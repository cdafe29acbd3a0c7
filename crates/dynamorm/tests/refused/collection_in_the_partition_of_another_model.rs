use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "LINE#{line}"))]
struct Line {
    id: String,
    line: u32,
}

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "NOTE#{note}"))]
struct Note {
    id: String,
    note: u32,
}

#[derive(Collection)]
enum Order {
    Line(Line),
}

fn main() {
    let _ = Order::in_partition(Note::partition("o-1"));
}
