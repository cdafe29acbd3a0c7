mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let _ = db.query(Order::by_note("urgent")).hydrate().consistent();
}

fn main() {}
