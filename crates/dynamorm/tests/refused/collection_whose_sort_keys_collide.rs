use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "LINE#{line}"))]
struct Line {
    id: String,
    line: u32,
}

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "LINE#{line}#NOTE#{note}"))]
struct Note {
    id: String,
    line: u32,
    note: u32,
}

#[derive(Collection)]
enum Order {
    Line(Line),
    Note(Note),
}

fn main() {}
