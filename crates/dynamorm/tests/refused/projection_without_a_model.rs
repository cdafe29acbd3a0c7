use dynamorm::Projection;

#[derive(Projection)]
struct Totals {
    total: u64,
}

fn main() {}
