mod shared;

use dynamorm::Projection;

#[derive(Projection)]
#[dynamorm(model = shared::Order)]
struct Totals(u64);

#[derive(Projection)]
#[dynamorm(model = shared::Order)]
enum Either {}

fn main() {}
