mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let _ = db.query(Order::by_note("urgent")).take(10);
}

fn main() {}
