mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let _ = db.query(Order::fields().placed_at);
}

fn main() {}
