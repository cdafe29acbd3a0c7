mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let f = Order::fields();
    let _ = db.query(Order::by_note("urgent")).hydrate().filter(f.total.lt(9_u64));
}

fn main() {}
