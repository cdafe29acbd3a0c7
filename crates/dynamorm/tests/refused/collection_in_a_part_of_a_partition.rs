use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{id}", sort = "LINE#{line}"))]
struct Line {
    id: String,
    line: u32,
}

#[derive(Collection)]
enum Order {
    Line(Line),
}

fn main() {
    let _ = Order::in_partition(Line::partition("o-1").line().ge(5_u32));
}
