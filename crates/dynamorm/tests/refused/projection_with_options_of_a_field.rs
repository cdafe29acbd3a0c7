mod shared;

use dynamorm::Projection;

#[derive(Projection)]
#[dynamorm(model = shared::Order, table = "orders")]
struct Totals<T> {
    #[dynamorm(rename = "sum")]
    total: T,
}

fn main() {}
