mod shared;

use dynamorm::prelude::*;
use shared::Order;

#[derive(Projection)]
#[dynamorm(model = Order)]
struct Totals {
    order_id: String,
    note: Option<String>,
    total: u64,
}

fn refused(db: Db) {
    let _ = db.query(Order::by_note("urgent")).project::<Totals>();
}

fn main() {}
