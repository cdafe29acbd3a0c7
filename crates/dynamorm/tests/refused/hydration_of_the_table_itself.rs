mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let _ = db.query(Order::partition("o-1")).hydrate();
}

fn main() {}
